"""What every handler of the guild API needs: finding things or refusing, and reading fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.guild.guild_content import Posted
    from fakeqq.core.guild.guilds import Channel, Guild, Member, Room
    from fakeqq.core.world import World

INVALID = "guild_request_invalid"
DAY_SECONDS = 86_400
# The platform's day begins at midnight in Beijing.
_BEIJING_SECONDS = 8 * 3600


def find_guild(world: World, guild_id: str) -> Guild:
    """A guild that the bot is in.

    Raises:
        PlatformError: there is none.
    """
    guild = world.guilds.by_id.get(guild_id)
    if guild is None or world.bot_id not in guild.members:
        raise PlatformError("unknown_guild")
    return guild


def find_channel(world: World, channel_id: str, refusal: str = "unknown_channel") -> Channel:
    """A channel of a guild that the bot is in.

    Raises:
        PlatformError: there is none; a guild's id in a channel's place has a number of its own
            (https://github.com/tencent-connect/botpy/issues/145).
    """
    channel = world.guilds.find_channel(channel_id)
    if channel is None:
        raise PlatformError("guild_auth_check_failed" if channel_id in world.guilds.by_id else refusal)
    if world.bot_id not in world.guilds.by_id[channel.guild_id].members:
        raise PlatformError(refusal)
    return channel


def guild_of(world: World, channel: Channel) -> Guild:
    return world.guilds.by_id[channel.guild_id]


def find_member(guild: Guild, user_id: str, refusal: str = "unknown_account") -> Member:
    """A member of the guild.

    Raises:
        PlatformError: nobody has this id there.
    """
    if user_id not in guild.members:
        raise PlatformError(refusal)
    return guild.members[user_id]


def demand_administrator(world: World, guild: Guild, refusal: str = "admin_check_not_passed") -> None:
    """Refuse what only a bot that is an administrator may do.

    Raises:
        PlatformError: it is none.
    """
    if not guild.members[world.bot_id].is_administrator:
        raise PlatformError(refusal)


def find_message(world: World, room: Room, room_id: str, message_id: str) -> Posted | None:
    """A message that everybody still sees."""
    message = world.guilds.message(room, room_id, message_id)
    return None if message is None or message.recalled else message


def string(body: Mapping[str, Any], key: str, default: str = "", refusal: str = INVALID) -> str:
    """A text field; absent and null are the default.

    Raises:
        PlatformError: it is something else.
    """
    value = body.get(key)
    if value is None:
        return default
    if not isinstance(value, str):
        raise PlatformError(refusal)
    return value


def integer(body: Mapping[str, Any], key: str, default: int = 0, refusal: str = INVALID) -> int:
    """A number, or its decimal text as old clients send it; absent, null and "" are the default.

    Raises:
        PlatformError: it is something else, or beyond 64 bits.
    """
    value = body.get(key)
    if value is None or value == "":
        return default
    if isinstance(value, str) and len(value) <= 20 and value.isascii() and value.isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**64:
        raise PlatformError(refusal)
    return value


def objects(body: Mapping[str, Any], key: str, refusal: str = INVALID) -> list[dict[str, Any]]:
    """A list of objects; absent and null are an empty one.

    Raises:
        PlatformError: it is something else.
    """
    value = body.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise PlatformError(refusal)
    return value


def strings(body: Mapping[str, Any], key: str, refusal: str = INVALID) -> list[str]:
    """A list of texts; absent and null are an empty one.

    Raises:
        PlatformError: it is something else.
    """
    value = body.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise PlatformError(refusal)
    return value


def page(query: Mapping[str, str], default: int, largest: int) -> int:
    """`limit` of a list, held between 1 and `largest`."""
    return min(max(integer(query, "limit", default), 1), largest)


def day(at: float) -> int:
    """Which of the platform's days a moment is in."""
    return int(at + _BEIJING_SECONDS) // DAY_SECONDS
