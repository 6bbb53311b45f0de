"""Guilds themselves: which there are, what they grant the bot, who is mute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.guild.guild_lookups import (
    day,
    demand_administrator,
    find_channel,
    find_guild,
    find_member,
    integer,
    page,
    string,
    strings,
)
from fakeqq.core.guild.guild_views import guild_json
from fakeqq.core.rest.calls import NO_CONTENT, Call, Route, Status
from fakeqq.wire.endpoints import OPERATIONS

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.world import World

_GUILDS_PAGE = 100
# Demands of one guild in a day (docs/…/api_permissions/post_api_permission_demand.md).
_DEMANDS = 3
# What a guild can grant or deny: the operations on guilds and channels.
GRANTABLE = tuple(row for row in OPERATIONS if row.path.startswith(("/guilds/", "/channels/")))


def guilds(world: World, call: Call, _now: Instant) -> list[dict[str, Any]]:
    """The bot's guilds by id; with `before` backwards from there, and it wins over `after`."""
    limit = page(call.query, _GUILDS_PAGE, _GUILDS_PAGE)
    before, after = integer(call.query, "before"), integer(call.query, "after")
    mine = sorted(
        (guild for guild in world.guilds.by_id.values() if world.bot_id in guild.members),
        key=lambda guild: int(guild.id),
    )
    if before:
        mine = [guild for guild in reversed(mine) if int(guild.id) < before]
    elif after:
        mine = [guild for guild in mine if int(guild.id) > after]
    return [guild_json(world, guild) for guild in mine[:limit]]


def guild(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    return guild_json(world, find_guild(world, call.params["guild_id"]))


def message_setting(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    """How often the bot may speak unasked."""
    found = find_guild(world, call.params["guild_id"])
    return {
        "disable_create_dm": found.no_dms,
        "disable_push_msg": found.silent,
        "channel_ids": found.channel_ids,
        "channel_push_max_num": found.push_limit,
    }


def api_permission(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    """Every operation that a guild can deny; `auth_status` 1: granted."""
    found = find_guild(world, call.params["guild_id"])
    return {
        "apis": [
            {"path": row.path, "method": row.method, "desc": row.name, "auth_status": int(row.name not in found.denied)}
            for row in GRANTABLE
        ]
    }


def api_permission_demand(world: World, call: Call, now: Instant) -> dict[str, Any]:
    """Ask the guild's administrators for an operation; a link appears in a channel."""
    found = find_guild(world, call.params["guild_id"])
    channel = find_channel(world, string(call.body, "channel_id"))
    wanted = call.body.get("api_identify")
    if channel.guild_id != found.id or not isinstance(wanted, dict):
        raise PlatformError("api_permission_invalid")
    name = f"{string(wanted, 'method').upper()} {string(wanted, 'path')}"
    if name not in {row.name for row in GRANTABLE}:
        raise PlatformError("api_permission_invalid")
    if name not in found.denied:
        raise PlatformError("api_permission_granted")
    if sum(day(at) == day(now.world) for at in found.demands) >= _DEMANDS:
        raise PlatformError("api_permission_rate_limited")
    found.demands.append(now.world)
    return {
        "guild_id": found.id,
        "channel_id": channel.id,
        "api_identify": {"path": wanted["path"], "method": wanted["method"]},
        "title": name,
        "desc": string(call.body, "desc"),
    }


def mute_guild(world: World, call: Call, now: Instant) -> Status | dict[str, Any]:
    """Everybody but administrators, or with `user_ids` some; those whom it reached are answered."""
    found = find_guild(world, call.params["guild_id"])
    demand_administrator(world, found)
    until = _until(call, now)
    if call.body.get("user_ids") is None:
        found.muted_until = until
        return NO_CONTENT
    members = (found.members.get(user_id) for user_id in strings(call.body, "user_ids", "mute_user_invalid"))
    reached = [member for member in members if member is not None and not member.is_administrator]
    for member in reached:
        member.muted_until = until
    return {"user_ids": [member.user_id for member in reached]}


def mute_member(world: World, call: Call, now: Instant) -> Status:
    found = find_guild(world, call.params["guild_id"])
    demand_administrator(world, found)
    member = find_member(found, call.params["user_id"], "mute_user_invalid")
    if member.is_administrator:
        raise PlatformError("user_auth_not_passed")
    member.muted_until = _until(call, now)
    return NO_CONTENT


def _until(call: Call, now: Instant) -> float:
    """The end of a mute, world time; `mute_end_timestamp`, in seconds, wins, and 0 of either ends a mute now."""
    if call.body.get("mute_end_timestamp") not in (None, ""):
        return float(integer(call.body, "mute_end_timestamp", 0, "mute_timestamp_malformed"))
    if call.body.get("mute_seconds") in (None, ""):
        raise PlatformError("mute_timestamp_invalid")
    seconds = integer(call.body, "mute_seconds", 0, "mute_timestamp_malformed")
    return now.world + seconds if seconds else 0.0


_MUTES = ("unknown_guild", "admin_check_not_passed", "mute_timestamp_malformed", "mute_timestamp_invalid")

ROUTES = (
    Route("GET /users/@me/guilds", guilds, "the guilds that have the bot", ("guild_request_invalid",)),
    Route("GET /guilds/{guild_id}", guild, "the guild", ("unknown_guild",)),
    Route(
        "GET /guilds/{guild_id}/message/setting", message_setting, "the guild's limits on pushes", ("unknown_guild",)
    ),
    Route("GET /guilds/{guild_id}/api_permission", api_permission, "what the guild has granted", ("unknown_guild",)),
    Route(
        "POST /guilds/{guild_id}/api_permission/demand",
        api_permission_demand,
        "demands of the day",
        (
            "unknown_guild",
            "unknown_channel",
            "api_permission_invalid",
            "api_permission_granted",
            "api_permission_rate_limited",
        ),
    ),
    Route("PATCH /guilds/{guild_id}/mute", mute_guild, "who is mute until when", (*_MUTES, "mute_user_invalid")),
    Route(
        "PATCH /guilds/{guild_id}/members/{user_id}/mute",
        mute_member,
        "until when the member is mute",
        (*_MUTES, "mute_user_invalid", "user_auth_not_passed"),
    ),
)
