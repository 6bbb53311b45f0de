"""What is put up beside messages: announcements, pins, reactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.guild.guild_lookups import (
    demand_administrator,
    find_channel,
    find_guild,
    find_message,
    guild_of,
    integer,
    objects,
    page,
    string,
)
from fakeqq.core.guild.guild_views import user_json
from fakeqq.core.rest.calls import NO_CONTENT, Call, Route, Status

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.guild.guild_content import Posted
    from fakeqq.core.guild.guilds import Channel, Guild
    from fakeqq.core.world import World

_ALL = "all"
_PINS = 20
_RECOMMENDED = 3
# 0 for members, 1 to welcome.
_ANNOUNCEMENT_TYPES = frozenset({0, 1})
# 1 of the system, 2 an emoji.
_EMOJI_TYPES = frozenset({"1", "2"})
_REACTIONS_PAGE = 50


def announce(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    """A message of one of the guild's channels, or up to three channels to look into; one ends the other."""
    guild = find_guild(world, call.params["guild_id"])
    demand_administrator(world, guild, "announcement_not_admin")
    message_id = string(call.body, "message_id", "", "announcement_invalid")
    if message_id:
        channel = guild.channels.get(string(call.body, "channel_id", "", "announcement_invalid"))
        if channel is None:
            raise PlatformError("announcement_invalid")
        _message(world, channel, message_id)
        guild.announcement = _announcement(guild, channel.id, message_id)
        return guild.announcement
    recommended = objects(call.body, "recommend_channels", "announcement_invalid")
    if not recommended:
        raise PlatformError("announcement_invalid")
    kind = integer(call.body, "announces_type", 0, "announcement_type_invalid")
    if kind not in _ANNOUNCEMENT_TYPES:
        raise PlatformError("announcement_type_invalid")
    if len(recommended) > _RECOMMENDED:
        raise PlatformError("recommended_channels_full")
    shown = [_recommended(guild, entry) for entry in recommended]
    guild.announcement = _announcement(guild, shown[0]["channel_id"], "", kind, shown)
    return guild.announcement


def end_announcement(world: World, call: Call, _now: Instant) -> Status:
    guild = find_guild(world, call.params["guild_id"])
    demand_administrator(world, guild, "announcement_not_admin")
    message_id = call.params["message_id"]
    if message_id != _ALL and (guild.announcement is None or guild.announcement["message_id"] != message_id):
        raise PlatformError("announcement_message_mismatch")
    guild.announcement = None
    return NO_CONTENT


def announce_in_channel(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    channel, guild = _channel(world, call)
    channel.announced = _message(world, channel, string(call.body, "message_id", "", "announcement_invalid")).id
    return {"guild_id": guild.id, "channel_id": channel.id, "message_id": channel.announced}


def end_announcement_in_channel(world: World, call: Call, _now: Instant) -> Status:
    channel, _ = _channel(world, call)
    if call.params["message_id"] not in (_ALL, channel.announced):
        raise PlatformError("announcement_message_mismatch")
    channel.announced = ""
    return NO_CONTENT


def pins(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    return _pins(find_channel(world, call.params["channel_id"]))


def pin(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    """A message on top of the channel's pins; a pinned one stays where it is."""
    channel, _ = _channel(world, call)
    message = _message(world, channel, call.params["message_id"])
    if message.id not in channel.pins:
        if len(channel.pins) >= _PINS:
            raise PlatformError("pins_full")
        channel.pins.insert(0, message.id)
    return _pins(channel)


def unpin(world: World, call: Call, _now: Instant) -> Status:
    channel, _ = _channel(world, call)
    message_id = call.params["message_id"]
    if message_id == _ALL:
        channel.pins.clear()
    elif message_id in channel.pins:
        channel.pins.remove(message_id)
    else:
        raise PlatformError("announcement_message_mismatch")
    return NO_CONTENT


def react(world: World, call: Call, now: Instant) -> Status:
    """The bot's own reaction, once for each emoji."""
    channel, message, users = _reactions(world, call)
    if world.bot_id in users:
        raise PlatformError("reaction_exists")
    most = world.settings.reaction_kinds
    if most is not None and not users and sum(map(bool, message.reactions.values())) >= most:
        raise PlatformError("reaction_kinds_limited")
    message.reactions.setdefault(_emoji(call), users).append(world.bot_id)
    _tell(world, "MESSAGE_REACTION_ADD", channel, message, _emoji(call), now)
    return NO_CONTENT


def take_reaction(world: World, call: Call, now: Instant) -> Status:
    channel, message, users = _reactions(world, call)
    if world.bot_id not in users:
        raise PlatformError("reaction_not_set")
    users.remove(world.bot_id)
    _tell(world, "MESSAGE_REACTION_REMOVE", channel, message, _emoji(call), now)
    return NO_CONTENT


def reaction_users(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    """Who reacted so; `cookie` of one page asks for the next."""
    channel, _, users = _reactions(world, call)
    guild = guild_of(world, channel)
    start = integer(call.query, "cookie", 0, "reaction_invalid")
    end = start + page(call.query, 20, _REACTIONS_PAGE)
    shown = [user_json(world, guild.members[user_id]) for user_id in users[start:end] if user_id in guild.members]
    is_end = end >= len(users)
    entries = [{name: user[name] for name in ("id", "username", "avatar")} for user in shown]
    return {"users": entries, "cookie": "" if is_end else str(end), "is_end": is_end}


def _announcement(
    guild: Guild, channel_id: str, message_id: str, kind: int = 0, recommended: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    return {
        "guild_id": guild.id,
        "channel_id": channel_id,
        "message_id": message_id,
        "announces_type": kind,
        "recommend_channels": recommended or [],
    }


def _recommended(guild: Guild, entry: dict[str, Any]) -> dict[str, Any]:
    channel = guild.channels.get(string(entry, "channel_id", "", "recommended_channel_invalid"))
    if channel is None or channel.private_type != 0:
        raise PlatformError("recommended_channel_invalid")
    introduce = string(entry, "introduce", "", "announcement_invalid")
    return {"channel_id": channel.id, "introduce": introduce}


def _channel(world: World, call: Call) -> tuple[Channel, Guild]:
    channel = find_channel(world, call.params["channel_id"])
    guild = guild_of(world, channel)
    demand_administrator(world, guild, "announcement_not_admin")
    return channel, guild


def _message(world: World, channel: Channel, message_id: str) -> Posted:
    message = find_message(world, "channel", channel.id, message_id)
    if message is not None:
        return message
    elsewhere = world.guilds.room_of(message_id) is not None
    raise PlatformError("announcement_message_elsewhere" if elsewhere else "announcement_message_not_found")


def _pins(channel: Channel) -> dict[str, Any]:
    return {"guild_id": channel.guild_id, "channel_id": channel.id, "message_ids": list(channel.pins)}


def _emoji(call: Call) -> tuple[str, str]:
    return call.params["type"], call.params["id"]


def _reactions(world: World, call: Call) -> tuple[Channel, Posted, list[str]]:
    """The message and who has reacted to it with this emoji."""
    channel = find_channel(world, call.params["channel_id"])
    message = find_message(world, "channel", channel.id, call.params["message_id"])
    if message is None or call.params["type"] not in _EMOJI_TYPES:
        raise PlatformError("reaction_invalid")
    return channel, message, message.reactions.get(_emoji(call), [])


def _tell(  # noqa: PLR0913 - who, where, what, when
    world: World, event_type: str, channel: Channel, message: Posted, emoji: tuple[str, str], now: Instant
) -> None:
    data = {
        "user_id": world.bot_id,
        "guild_id": channel.guild_id,
        "channel_id": channel.id,
        "target": {"id": message.id, "type": 0},
        "emoji": {"id": emoji[1], "type": int(emoji[0])},
    }
    world.emit(event_type, data, now)


_CHANNEL = ("unknown_channel", "guild_auth_check_failed")
_MESSAGE = ("announcement_message_not_found", "announcement_message_elsewhere")
_PINNING = (*_CHANNEL, "announcement_not_admin")
_REACTIONS = "/channels/{channel_id}/messages/{message_id}/reactions/{type}/{id}"

ROUTES = (
    Route(
        "POST /guilds/{guild_id}/announces",
        announce,
        "the guild's announcement",
        (
            "unknown_guild",
            "announcement_not_admin",
            "announcement_invalid",
            *_MESSAGE,
            "announcement_type_invalid",
            "recommended_channels_full",
            "recommended_channel_invalid",
        ),
    ),
    Route(
        "DELETE /guilds/{guild_id}/announces/{message_id}",
        end_announcement,
        "the guild's announcement",
        ("unknown_guild", "announcement_not_admin", "announcement_message_mismatch"),
    ),
    Route(
        "POST /channels/{channel_id}/announces",
        announce_in_channel,
        "the channel's announcement",
        (*_PINNING, "announcement_invalid", *_MESSAGE),
    ),
    Route(
        "DELETE /channels/{channel_id}/announces/{message_id}",
        end_announcement_in_channel,
        "the channel's announcement",
        (*_PINNING, "announcement_message_mismatch"),
    ),
    Route("GET /channels/{channel_id}/pins", pins, "the channel's pins", _CHANNEL),
    Route(
        "PUT /channels/{channel_id}/pins/{message_id}", pin, "the channel's pins", (*_PINNING, *_MESSAGE, "pins_full")
    ),
    Route(
        "DELETE /channels/{channel_id}/pins/{message_id}",
        unpin,
        "the channel's pins",
        (*_PINNING, "announcement_message_mismatch"),
    ),
    Route(
        f"PUT {_REACTIONS}",
        react,
        "the message's reactions; MESSAGE_REACTION_ADD",
        (*_CHANNEL, "reaction_invalid", "reaction_exists", "reaction_kinds_limited"),
    ),
    Route(
        f"DELETE {_REACTIONS}",
        take_reaction,
        "the message's reactions; MESSAGE_REACTION_REMOVE",
        (*_CHANNEL, "reaction_invalid", "reaction_not_set"),
    ),
    Route(f"GET {_REACTIONS}", reaction_users, "who reacted", (*_CHANNEL, "reaction_invalid", "guild_request_invalid")),
)
