"""What happens to guilds without the bot: they take it in, change, gain channels and members, and lose it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import ControlError, unknown
from fakeqq.core.events.relations import demand_welcome
from fakeqq.core.guild.guild_views import (
    channel_event,
    channel_json,
    direct_message_json,
    guild_json,
    member_event,
    message_json,
    thread_json,
)
from fakeqq.core.guild.guilds import ADMINISTRATOR
from fakeqq.core.guild.rest_guilds import GRANTABLE

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.guild.guilds import Channel, Guild
    from fakeqq.core.world import World

_GRANTABLE = frozenset(row.name for row in GRANTABLE)


def found_guild(
    world: World, name: str | None, changes: dict[str, Any], now: Instant, *, channels: bool
) -> dict[str, Any]:
    """A guild takes the bot in: GUILD_CREATE.

    Raises:
        ControlError: the world is full, or a denied operation does not exist.
    """
    _check(changes)
    guild = world.guilds.add_guild(name, at=now.world, channels=channels)
    _apply(world, guild, changes)
    return {**guild.as_json(), **_tell(world, "GUILD_CREATE", guild, now)}


def change_guild(world: World, guild_id: str, changes: dict[str, Any], now: Instant) -> dict[str, Any]:
    """What the guild allows the bot, and its name and description: GUILD_UPDATE for these two.

    Raises:
        ControlError: no such guild or operation.
    """
    _check(changes)
    guild = world.guilds.known(guild_id)
    _apply(world, guild, changes)
    seen = not changes.keys().isdisjoint({"name", "description"})
    return {**guild.as_json(), **(_tell(world, "GUILD_UPDATE", guild, now) if seen else {})}


def lose_guild(world: World, guild_id: str, now: Instant) -> dict[str, Any]:
    """The guild removes the bot, or ends: GUILD_DELETE with its last state.

    Raises:
        ControlError: no such guild.
    """
    guild = world.guilds.known(guild_id)
    told = _tell(world, "GUILD_DELETE", guild, now)
    for channel in tuple(guild.channels.values()):
        world.guilds.remove_channel(channel)
    del world.guilds.by_id[guild.id]
    return {"deleted": guild.id, **told}


def add_channel(world: World, guild_id: str, fields: dict[str, Any], now: Instant) -> dict[str, Any]:
    """The owner makes a channel: CHANNEL_CREATE.

    Raises:
        ControlError: no such guild, or it is full.
    """
    channel = world.guilds.add_channel(guild_id, **fields)
    return {**channel_json(channel), **world.emit("CHANNEL_CREATE", channel_event(channel, channel.owner_id), now)}


def add_member(world: World, guild_id: str, name: str | None, user: str | None, now: Instant) -> dict[str, Any]:
    """Somebody joins, a user of this world or a stranger: GUILD_MEMBER_ADD.

    Raises:
        ControlError: no such guild or user, the user is on the guild's blacklist, or the guild is full.
    """
    guild = world.guilds.known(guild_id)
    if user is None:
        member = world.guilds.add_member(guild_id, name, at=now.world)
    else:
        person = world.people.user(user)
        demand_welcome(person.openid, banned=world.guilds.member_id(person.openid) in guild.blacklist)
        member = world.guilds.join(person.openid, name or person.name, guild_id, now.world)
    guild.gone.discard(member.user_id)
    told = world.emit("GUILD_MEMBER_ADD", member_event(world, guild, member, member.user_id), now)
    return {"user_id": member.user_id, "name": member.name, "user": user, **told}


def visit_voice(world: World, channel_id: str, user_id: str, now: Instant, *, inside: bool) -> dict[str, Any]:
    """A member enters a voice or live channel, or leaves it.

    Raises:
        ControlError: no such channel or member, or nobody can be heard there.
    """
    channel = _channel(world, channel_id)
    if not channel.has_voice:
        raise ControlError("not_a_voice_channel", f"channel {channel_id} has type {channel.type}, not 2 or 10005")
    members = world.guilds.known(channel.guild_id).members
    if user_id not in members:
        raise unknown("member", user_id, members, status=404)
    if inside and user_id not in channel.voices:
        channel.voices.append(user_id)
    elif not inside and user_id in channel.voices:
        channel.voices.remove(user_id)
    data = {
        "guild_id": channel.guild_id,
        "channel_id": channel.id,
        "channel_type": 2 if channel.type == 2 else 5,
        "user_id": user_id,
    }
    word = "ENTER" if inside else "EXIT"
    return {"voices": channel.voices, **world.emit(f"AUDIO_OR_LIVE_CHANNEL_MEMBER_{word}", data, now)}


def channel_view(world: World, channel_id: str) -> dict[str, Any]:
    """All that stands in a channel.

    Raises:
        ControlError: no such channel.
    """
    channel = _channel(world, channel_id)
    guild = world.guilds.known(channel.guild_id)
    messages = world.guilds.messages("channel", channel.id)
    return {
        **channel_json(channel),
        "messages": [
            {**message_json(world, guild, channel.id, each), "recalled": each.recalled, "reply_to": each.reply_to}
            for each in messages
        ],
        "pins": channel.pins,
        "announced": channel.announced,
        "threads": [thread_json(channel, each) for each in channel.threads.values()],
        "audio": channel.audio,
        "on_mic": channel.on_mic,
        "voices": channel.voices,
    }


def directs_view(world: World) -> list[dict[str, Any]]:
    """Every open direct chat with what was said in it."""
    return [
        {
            "guild_id": direct.guild_id,
            "channel_id": direct.channel_id,
            "source_guild_id": direct.source_guild_id,
            "user_id": direct.user_id,
            "messages": [
                {
                    **direct_message_json(world, world.guilds.known(direct.source_guild_id), direct, each),
                    "recalled": each.recalled,
                    "reply_to": each.reply_to,
                }
                for each in world.guilds.messages("dm", direct.guild_id)
            ],
        }
        for direct in world.guilds.directs.values()
        if direct.source_guild_id in world.guilds.by_id
    ]


def _channel(world: World, channel_id: str) -> Channel:
    channel = world.guilds.find_channel(channel_id)
    if channel is None:
        known = [each for guild in world.guilds.by_id.values() for each in guild.channels]
        raise unknown("channel", channel_id, known, status=404)
    return channel


def _check(changes: dict[str, Any]) -> None:
    for name in changes.get("denied", ()):
        if name not in _GRANTABLE:
            raise unknown("operation", name, _GRANTABLE)


def _apply(world: World, guild: Guild, changes: dict[str, Any]) -> None:
    """Put what was asked for into the guild; every name is a field of it, but for the bot's rank."""
    for name, value in changes.items():
        if name == "bot_is_administrator":
            roles = guild.members[world.bot_id].roles
            if value and ADMINISTRATOR not in roles:
                roles.append(ADMINISTRATOR)
            elif not value and ADMINISTRATOR in roles:
                roles.remove(ADMINISTRATOR)
        else:
            setattr(guild, name, set(value) if name == "denied" else value)


def _tell(world: World, event_type: str, guild: Guild, now: Instant) -> dict[str, Any]:
    return world.emit(event_type, {**guild_json(world, guild), "op_user_id": guild.owner_id}, now)
