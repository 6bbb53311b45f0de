"""A user speaks: in C2C, in a group, in a guild's channel or in direct messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import ControlError, must_be_json, unknown
from fakeqq.core.events import payloads_messages as payloads
from fakeqq.core.events.events import merged
from fakeqq.core.events.payloads_messages import Quoted, Said
from fakeqq.core.events.relations import demand_group_place, demand_guild_place
from fakeqq.core.guild.guild_content import Posted
from fakeqq.core.people import ChatMessage
from fakeqq.core.sending import messages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.clock import Instant
    from fakeqq.core.people import Group, Scene, User
    from fakeqq.core.world import World

BOT, EVERYONE = "bot", "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """What a test has a user say.

    Attributes:
        scene: follows from the other fields when not given.
        quote: a message id of this chat.
        attachments: words (`image`, `voice`, `video`, `file`) or fields of one.
        faces: names of faces that follow the text.
        mentions: `bot`, `all`, or openids; None mentions the bot, where there is somebody to mention.
        fields: put over the finished `d`; null stands for itself.
    """

    text: str
    scene: Scene | None = None
    user: str | None = None
    group: str | None = None
    guild: str | None = None
    channel: str | None = None
    quote: str | None = None
    attachments: tuple[str | Mapping[str, Any], ...] = ()
    faces: tuple[str, ...] = ()
    mentions: tuple[str, ...] | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message that can be answered, before it is delivered.

    Attributes:
        events: the event types that carry it, with the id of each; none where the bot is not told.
        event_id: of the first, or of nothing.
        notes: what the control API answers and the journal keeps.
    """

    events: dict[str, str]
    event_id: str
    data: dict[str, Any]
    notes: dict[str, Any]


def speak(world: World, speech: Speech, now: Instant) -> dict[str, Any]:
    """Say it, and dispatch what the bot is told.

    Raises:
        ControlError: no such user, group or message.
    """
    spoken = compose(world, speech, now, forged=False)
    delivered = sum(world.dispatch(event, named, spoken.data, now) for event, named in spoken.events.items())
    return {**spoken.notes, "delivered": delivered}


def compose(world: World, speech: Speech, now: Instant, *, forged: bool) -> Spoken:
    """The message and its place in the chat; a forged one has no place there, but a reply to it would be seen.

    Raises:
        ControlError: no such user, group or message.
    """
    scene = speech.scene or _scene_of(speech)
    speaker = world.people.user(speech.user)
    compose_in = {"c2c": _in_c2c, "group": _in_group, "channel": _in_channel, "dm": _in_direct}[scene]
    owner, events, data, ref_index = compose_in(world, speech, speaker, now)
    if speech.fields:
        must_be_json(dict(speech.fields))
        data = merged(data, speech.fields)
    event_type = events[0] if events else None
    event_id = world.identifiers.event_id(event_type or "UNTOLD", data["id"])
    named = {event: f"{event}:{event_id.partition(':')[2]}" for event in events}
    anchor = messages.Anchor(scene, owner, now.world)
    for anchor_id in (data["id"], event_id, *named.values()):
        world.anchors.add(anchor_id, anchor)
    if not forged:
        shown = ChatMessage("user", data["id"], speech.text, messages.TEXT, now.world, ref_index=ref_index)
        world.people.show(scene, owner, shown)
        world.journal.append(
            now, "user.said", scene=scene, openid=owner, user=speaker.openid, message_id=data["id"],
            event_id=event_id, text=speech.text,
        )  # fmt: skip
    notes = {
        "message_id": data["id"], "event_id": event_id, "event_type": event_type, "user": speaker.openid,
        "group": owner if scene == "group" else None, "scene": scene, "openid": owner,
    }  # fmt: skip
    return Spoken(named, event_id, data, notes)


def hears_all(world: World, group: Group) -> bool:
    """Whether the bot is told of every message in this group."""
    return group.full if group.full is not None else world.settings.switch("group_msg_event") != "at"


def _scene_of(speech: Speech) -> Scene:
    if speech.group is not None:
        return "group"
    return "c2c" if speech.guild is None and speech.channel is None else "channel"


# Owner of the chat, event types, `d`, and what a quote of it refers to.
_Composed = tuple[str, tuple[str, ...], dict[str, Any], str]


def _in_c2c(world: World, speech: Speech, speaker: User, now: Instant) -> _Composed:
    said = _said(world, speech, "c2c", speaker.openid, speaker, now)
    return speaker.openid, ("C2C_MESSAGE_CREATE",), payloads.c2c_message(said), said.ref_index


def _in_group(world: World, speech: Speech, speaker: User, now: Instant) -> _Composed:
    """In all-messages mode the mention stands in `mentions` and stays in the text.

    That is what https://github.com/GLGDLY/qg_botsdk/pull/17 saw; otherwise the bot hears only what mentions it, without
    the mention.
    """
    group = world.people.group(speech.group)
    demand_group_place(group, speaker.openid)
    _demand_voice(speaker, now.world >= group.records.muted_until.get(speaker.openid, 0))
    full = hears_all(world, group)
    mentioned = speech.mentions if speech.mentions is not None else (BOT,)
    entries = tuple(_mention(world, group, name) for name in mentioned)
    marks = "".join(f"<@{entry['id']}> " for name, entry in zip(mentioned, entries, strict=True) if name != EVERYONE)
    others = any(name != BOT for name in mentioned)
    if full:
        text, shown = marks + speech.text, entries or None
    else:
        text, shown = f" {speech.text}", entries if others else None
    said = _said(world, speech, "group", group.group_openid, speaker, now, text=text, mentions=shown)
    told = group.has_bot and (full or BOT in mentioned)
    events = ["GROUP_MESSAGE_CREATE" if full else "GROUP_AT_MESSAGE_CREATE"] if told else []
    if full and told and BOT in mentioned and world.settings.switch("group_msg_event") == "both":
        events.insert(0, "GROUP_AT_MESSAGE_CREATE")
    return group.group_openid, tuple(events), payloads.group_message(said, group), said.ref_index


def _in_channel(world: World, speech: Speech, speaker: User, now: Instant) -> _Composed:
    """A private-domain bot, bit 9, hears everything; the others what mentions them."""
    guilds = world.people.guilds
    channel = guilds.channel(speech.channel, speech.guild)
    guild = guilds.guild(channel.guild_id)
    demand_guild_place(world, guild, speaker.openid)
    author = guilds.join(speaker.openid, speaker.name, guild.id, now.world)
    _demand_voice(speaker, guild.may_speak(author.user_id, now.world))
    guild.messages += 1
    bot = world.bot() if BOT in (speech.mentions if speech.mentions is not None else (BOT,)) else None
    text = f"<@!{bot.id}> {speech.text}" if bot else speech.text
    said = _said(world, speech, "channel", channel.id, speaker, now, text=text)
    guilds.keep("channel", channel.id, Posted(said.id, author.user_id, text, now.world, guild.messages))
    data = payloads.channel_message(said, guild, channel, author.user_id, bot)
    return channel.id, ("AT_MESSAGE_CREATE", "MESSAGE_CREATE") if bot else ("MESSAGE_CREATE",), data, said.id


def _in_direct(world: World, speech: Speech, speaker: User, now: Instant) -> _Composed:
    guilds = world.people.guilds
    direct = guilds.direct(speaker.openid, speech.guild)
    demand_guild_place(world, guilds.known(direct.source_guild_id), speaker.openid)
    author = guilds.join(speaker.openid, speaker.name, direct.source_guild_id, now.world)
    said = _said(world, speech, "dm", direct.guild_id, speaker, now)
    seq = len(guilds.messages("dm", direct.guild_id)) + 1
    guilds.keep("dm", direct.guild_id, Posted(said.id, author.user_id, said.text, now.world, seq))
    data = payloads.direct_message(said, direct, author.user_id, seq)
    return direct.guild_id, ("DIRECT_MESSAGE_CREATE",), data, said.id


def _said(  # noqa: PLR0913 - who, what, where, when
    world: World,
    speech: Speech,
    scene: Scene,
    owner: str,
    speaker: User,
    now: Instant,
    *,
    text: str | None = None,
    mentions: tuple[dict[str, Any], ...] | None = None,
) -> Said:
    in_guild = scene in ("channel", "dm")
    return Said(
        id=world.identifiers.guild_message_id() if in_guild else world.identifiers.message_id(),
        text=(speech.text if text is None else text) + "".join(map(payloads.face, speech.faces)),
        user=speaker,
        at=now.world,
        ref_index=world.identifiers.ref_index(),
        quoted=_quoted(world, scene, owner, speech.quote, in_guild=in_guild),
        attachments=tuple(map(payloads.attachment, speech.attachments)),
        mentions=mentions,
    )


def _quoted(world: World, scene: Scene, owner: str, quote: str | None, *, in_guild: bool) -> Quoted | None:
    if quote is None:
        return None
    message = world.people.find_message(scene, owner, quote)
    if message is None:
        raise ControlError("unknown_message", f"no message {quote!r} in this chat to quote", status=404)
    return Quoted(quote if in_guild else message.ref_index or world.identifiers.ref_index(), message.text)


def _demand_voice(speaker: User, may_speak: bool) -> None:
    if not may_speak:
        advice = "unmute, or advance the world's clock past the end of the mute"
        raise ControlError("muted", f"{speaker.openid} is muted here", status=409, suggestion=advice)


def _mention(world: World, group: Group, name: str) -> dict[str, Any]:
    if name == BOT:
        return payloads.bot_mention(world.bot())
    if name == EVERYONE:
        return payloads.everyone_mention(world.bot())
    if name not in world.people.users:
        raise unknown("mention", name, (BOT, EVERYONE, *group.members, *world.people.users), status=404)
    return payloads.member_mention(world.people.users[name])
