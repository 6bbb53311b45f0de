"""Members of a guild and their roles."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.guild.guild_lookups import (
    DAY_SECONDS,
    INVALID,
    demand_administrator,
    find_guild,
    find_member,
    integer,
    page,
    string,
)
from fakeqq.core.guild.guild_views import member_event, member_json, role_json
from fakeqq.core.guild.guilds import CHANNEL_ADMINISTRATOR, DEFAULT_ROLE_IDS, EVERYONE, OWNER, Role
from fakeqq.core.guild.rest_guild_messages import hide
from fakeqq.core.rest.calls import NO_CONTENT, Call, Route, Status

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.guild.guilds import Channel, Guild, Member
    from fakeqq.core.world import World

_MEMBERS_PAGE = 400
# Roles of one guild, as the documents' example prints it.
_ROLES = 30
# Colour of a role that names none, and how many may hold one. Our choice.
_COLOR, _HOLDERS = 4278245297, 2000
_LARGEST_COLOR = 2**32 - 1
# Days of messages that leave with a member; -1 is all (docs/…/member/delete_member.md).
_DAYS = frozenset({-1, 0, 3, 7, 15, 30})


def members(world: World, call: Call, _now: Instant) -> list[dict[str, Any]]:
    """Members by id, after the last one of the page before."""
    guild = find_guild(world, call.params["guild_id"])
    after, limit = integer(call.query, "after"), page(call.query, 1, _MEMBERS_PAGE)
    following = [member for member in _by_id(list(guild.members.values())) if int(member.user_id) > after]
    return [member_json(world, member) for member in following[:limit]]


def member(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    guild = find_guild(world, call.params["guild_id"])
    return member_json(world, find_member(guild, call.params["user_id"]))


def remove_member(world: World, call: Call, now: Instant) -> Status:
    """Out of the guild, and with it the messages of so many days; administrators stay."""
    guild = find_guild(world, call.params["guild_id"])
    demand_administrator(world, guild)
    leaving = find_member(guild, call.params["user_id"])
    if leaving.is_administrator:
        raise PlatformError("user_auth_not_passed")
    blacklist, days = call.body.get("add_blacklist"), call.body.get("delete_history_msg_days", 0)
    if not isinstance(blacklist, bool | None) or isinstance(days, bool) or not isinstance(days, int | None):
        raise PlatformError(INVALID)
    # botpy takes any other number for 0.
    if days in _DAYS and days:
        _delete_history(world, guild, leaving, -math.inf if days == -1 else now.world - days * DAY_SECONDS, now)
    if blacklist:
        guild.blacklist.add(leaving.user_id)
    guild.gone.add(leaving.user_id)
    del guild.members[leaving.user_id]
    world.emit("GUILD_MEMBER_REMOVE", member_event(world, guild, leaving, world.bot_id), now)
    return NO_CONTENT


def roles(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    guild = find_guild(world, call.params["guild_id"])
    shown = [role_json(guild, role) for role in guild.roles.values()]
    return {"guild_id": guild.id, "roles": shown, "role_num_limit": str(_ROLES)}


def role_members(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    """Who holds a role; `next` is the `start_index` of the next page, "0" after the last one."""
    guild = find_guild(world, call.params["guild_id"])
    role = _role(guild, call)
    start, limit = integer(call.query, "start_index"), page(call.query, 1, _MEMBERS_PAGE)
    holders = _by_id(guild.holders(role.id))
    following = start + limit
    return {
        "data": [member_json(world, holder) for holder in holders[start:following]],
        "next": str(following) if following < len(holders) else "0",
    }


def create_role(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    guild = find_guild(world, call.params["guild_id"])
    demand_administrator(world, guild)
    fields = _fields(call.body)
    if len(guild.roles) >= _ROLES:
        raise PlatformError(INVALID)
    role_id = world.identifiers.channel_id()
    while role_id in guild.roles:
        role_id = world.identifiers.channel_id()
    made = Role(role_id, fields.get("name", ""), fields.get("color", _COLOR), fields.get("hoist", 0), _HOLDERS)
    guild.roles[role_id] = made
    return {"role_id": role_id, "role": role_json(guild, made)}


def change_role(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    guild = find_guild(world, call.params["guild_id"])
    demand_administrator(world, guild)
    role = _role(guild, call)
    for name, value in _fields(call.body).items():
        setattr(role, name, value)
    return {"guild_id": guild.id, "role_id": role.id, "role": role_json(guild, role)}


def delete_role(world: World, call: Call, now: Instant) -> Status:
    """Its holders lose it; the roles that every guild has stay."""
    guild = find_guild(world, call.params["guild_id"])
    demand_administrator(world, guild)
    role = _role(guild, call)
    if role.id in DEFAULT_ROLE_IDS:
        raise PlatformError(INVALID)
    for holder in guild.holders(role.id):
        _take_role(world, guild, holder, role.id, now)
    del guild.roles[role.id]
    return NO_CONTENT


def give_role(world: World, call: Call, now: Instant) -> Status:
    """A role to a member; role 5, channel administrator, names its channel."""
    guild, holder, role = _grant(world, call)
    channel = _administered(guild, call) if role.id == CHANNEL_ADMINISTRATOR else None
    if channel is not None:
        channel.administrators.add(holder.user_id)
    if role.id not in holder.roles:
        holder.roles.append(role.id)
        world.emit("GUILD_MEMBER_UPDATE", member_event(world, guild, holder, world.bot_id), now)
    return NO_CONTENT


def take_role(world: World, call: Call, now: Instant) -> Status:
    guild, holder, role = _grant(world, call)
    if role.id == CHANNEL_ADMINISTRATOR:
        _administered(guild, call).administrators.discard(holder.user_id)
        if any(holder.user_id in channel.administrators for channel in guild.channels.values()):
            return NO_CONTENT
    _take_role(world, guild, holder, role.id, now)
    return NO_CONTENT


def _delete_history(world: World, guild: Guild, member: Member, since: float, now: Instant) -> None:
    for channel in guild.channels.values():
        for message in world.guilds.messages("channel", channel.id):
            if message.author_id == member.user_id and message.at >= since and not message.recalled:
                hide(world, "channel", channel.id, message, now)


def _by_id(unsorted: list[Member]) -> list[Member]:
    return sorted(unsorted, key=lambda each: int(each.user_id))


def _role(guild: Guild, call: Call) -> Role:
    if call.params["role_id"] not in guild.roles:
        raise PlatformError(INVALID)
    return guild.roles[call.params["role_id"]]


def _grant(world: World, call: Call) -> tuple[Guild, Member, Role]:
    """What a grant names; everybody is in role 1, and role 4 is the owner's."""
    guild = find_guild(world, call.params["guild_id"])
    demand_administrator(world, guild)
    holder, role = find_member(guild, call.params["user_id"]), _role(guild, call)
    if role.id in (EVERYONE, OWNER):
        raise PlatformError(INVALID)
    return guild, holder, role


def _administered(guild: Guild, call: Call) -> Channel:
    named = call.body.get("channel")
    channel = guild.channels.get(string(named, "id")) if isinstance(named, dict) else None
    if channel is None:
        raise PlatformError(INVALID)
    return channel


def _take_role(world: World, guild: Guild, holder: Member, role_id: str, now: Instant) -> None:
    if role_id in holder.roles:
        holder.roles.remove(role_id)
        world.emit("GUILD_MEMBER_UPDATE", member_event(world, guild, holder, world.bot_id), now)


def _fields(body: dict[str, Any]) -> dict[str, Any]:
    """What a request says of a role, at least one thing; botgo wraps it as `info`."""
    info = body.get("info")
    given = info if isinstance(info, dict) else body
    fields: dict[str, Any] = {}
    if given.get("name") is not None:
        fields["name"] = string(given, "name")
    if given.get("color") is not None:
        fields["color"] = integer(given, "color")
    if given.get("hoist") is not None:
        fields["hoist"] = integer(given, "hoist")
    if not fields or fields.get("color", 0) > _LARGEST_COLOR or fields.get("hoist", 0) > 1:
        raise PlatformError(INVALID)
    return fields


_GUILD = ("unknown_guild",)
_ADMIN = (*_GUILD, "admin_check_not_passed")

ROUTES = (
    Route("GET /guilds/{guild_id}/members", members, "the members", (*_GUILD, INVALID)),
    Route("GET /guilds/{guild_id}/members/{user_id}", member, "the member", (*_GUILD, "unknown_account")),
    Route(
        "DELETE /guilds/{guild_id}/members/{user_id}",
        remove_member,
        "the member, their messages, the blacklist (no operation takes anybody off it); GUILD_MEMBER_REMOVE",
        (*_ADMIN, "unknown_account", "user_auth_not_passed", INVALID),
    ),
    Route("GET /guilds/{guild_id}/roles", roles, "the roles and how many hold them", _GUILD),
    Route("GET /guilds/{guild_id}/roles/{role_id}/members", role_members, "who holds the role", (*_GUILD, INVALID)),
    Route("POST /guilds/{guild_id}/roles", create_role, "a role", (*_ADMIN, INVALID)),
    Route("PATCH /guilds/{guild_id}/roles/{role_id}", change_role, "the role", (*_ADMIN, INVALID)),
    Route(
        "DELETE /guilds/{guild_id}/roles/{role_id}",
        delete_role,
        "the role, and its holders' roles; GUILD_MEMBER_UPDATE",
        (*_ADMIN, INVALID),
    ),
    Route(
        "PUT /guilds/{guild_id}/members/{user_id}/roles/{role_id}",
        give_role,
        "the member's roles, a channel's administrators; GUILD_MEMBER_UPDATE",
        (*_ADMIN, "unknown_account", INVALID),
    ),
    Route(
        "DELETE /guilds/{guild_id}/members/{user_id}/roles/{role_id}",
        take_role,
        "the member's roles, a channel's administrators; GUILD_MEMBER_UPDATE",
        (*_ADMIN, "unknown_account", INVALID),
    ),
)
