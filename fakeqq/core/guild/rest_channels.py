"""Channels, and who may do what in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.guild.guild_lookups import (
    INVALID,
    demand_administrator,
    find_channel,
    find_guild,
    find_member,
    guild_of,
    integer,
    string,
    strings,
)
from fakeqq.core.guild.guild_views import channel_event, channel_json
from fakeqq.core.guild.guilds import BROADCAST, CATEGORY, CHANNEL_TYPES, GUILD_LIMIT, MANAGE, SPEAK, VIEW
from fakeqq.core.rest.calls import NO_CONTENT, Call, Route, Status

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.guild.guilds import Channel, Guild, Member
    from fakeqq.core.world import World

# The first place a category may have (docs/…/manage/channel/post_channels.md).
_FIRST_CATEGORY = 2
_PRIVATE_TYPES, _SPEAK_TYPES = frozenset({0, 1, 2}), frozenset({0, 1, 2})
_PERMISSIONS_INVALID = "channel_permissions_invalid"
_ALL = VIEW | MANAGE | SPEAK | BROADCAST


def channels(world: World, call: Call, _now: Instant) -> list[dict[str, Any]]:
    guild = find_guild(world, call.params["guild_id"])
    return [channel_json(channel) for channel in sorted(guild.channels.values(), key=lambda channel: channel.position)]


def channel(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    found = find_channel(world, call.params["channel_id"])
    guild = guild_of(world, found)
    return channel_json(found, member_permissions(guild, found, guild.members[world.bot_id]))


def create_channel(world: World, call: Call, now: Instant) -> dict[str, Any]:
    guild = find_guild(world, call.params["guild_id"])
    demand_administrator(world, guild)
    body = call.body
    fields = _fields(guild, body)
    kind = integer(body, "type")
    if not fields.get("name") or kind not in CHANNEL_TYPES or len(guild.channels) >= GUILD_LIMIT:
        raise PlatformError(INVALID)
    if kind == CATEGORY and fields.get("position", _FIRST_CATEGORY) < _FIRST_CATEGORY:
        raise PlatformError(INVALID)
    # botpy names it `subtype` (tencent-connect/botpy@e25f3e8 botpy/api.py), the documents `sub_type`.
    sub_type = integer(body, "sub_type", integer(body, "subtype"))
    made = world.guilds.add_channel(
        guild.id, fields.pop("name"), type=kind, sub_type=sub_type, owner_id=world.bot_id,
        private_user_ids=strings(body, "private_user_ids"), application_id=string(body, "application_id"), **fields,
    )  # fmt: skip
    world.emit("CHANNEL_CREATE", channel_event(made, world.bot_id), now)
    return channel_json(made)


def change_channel(world: World, call: Call, now: Instant) -> dict[str, Any]:
    """What is not named stays; at least one thing must be."""
    found = find_channel(world, call.params["channel_id"])
    guild = guild_of(world, found)
    demand_administrator(world, guild)
    fields = _fields(guild, call.body)
    if not fields or fields.get("name") == "":
        raise PlatformError(INVALID)
    for name, value in fields.items():
        setattr(found, name, value)
    world.emit("CHANNEL_UPDATE", channel_event(found, world.bot_id), now)
    return channel_json(found)


def delete_channel(world: World, call: Call, now: Instant) -> dict[str, Any]:
    """Answers the deleted channel, which botpy expects; the documents name a status alone."""
    found = find_channel(world, call.params["channel_id"])
    demand_administrator(world, guild_of(world, found))
    world.guilds.remove_channel(found)
    world.emit("CHANNEL_DELETE", channel_event(found, world.bot_id), now)
    return channel_json(found)


def user_permissions(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    found, guild = _managed(world, call)
    member = find_member(guild, call.params["user_id"], "channel_permissions_no_member")
    bits = member_permissions(guild, found, member)
    return {"channel_id": found.id, "user_id": member.user_id, "permissions": str(bits)}


def change_user_permissions(world: World, call: Call, _now: Instant) -> Status:
    found, guild = _managed(world, call)
    member = find_member(guild, call.params["user_id"], "channel_permissions_no_member")
    old = found.user_permissions.get(member.user_id, _own_permissions(found, member))
    found.user_permissions[member.user_id] = _changed(old, call.body)
    return NO_CONTENT


def role_permissions(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    found, guild = _managed(world, call)
    role_id = _role(guild, call)
    return {"channel_id": found.id, "role_id": role_id, "permissions": str(found.role_permissions.get(role_id, 0))}


def change_role_permissions(world: World, call: Call, _now: Instant) -> Status:
    found, guild = _managed(world, call)
    role_id = _role(guild, call)
    found.role_permissions[role_id] = _changed(found.role_permissions.get(role_id, 0), call.body)
    return NO_CONTENT


def member_permissions(guild: Guild, found: Channel, member: Member) -> int:
    """A member's bits in a channel: the user's own and those of the roles together."""
    bits = found.user_permissions.get(member.user_id, _own_permissions(found, member))
    for role_id in member.roles:
        if role_id in guild.roles:
            bits |= found.role_permissions.get(role_id, 0)
    return bits


def _own_permissions(found: Channel, member: Member) -> int:
    if member.is_administrator:
        return VIEW | MANAGE | SPEAK
    bits = MANAGE if member.user_id in found.administrators else 0
    if found.private_type == 0 or member.user_id in found.private_user_ids:
        bits |= VIEW
    return bits | (SPEAK if found.speak_permission == 1 else 0)


def _changed(old: int, body: dict[str, Any]) -> int:
    """Bits after `add` and `remove`; a bit in both is removed, and the one for managing cannot be changed."""
    add = integer(body, "add", 0, _PERMISSIONS_INVALID)
    remove = integer(body, "remove", 0, _PERMISSIONS_INVALID)
    if not (add or remove) or (add | remove) & MANAGE or (add | remove) & ~_ALL:
        raise PlatformError(_PERMISSIONS_INVALID)
    return (old | add) & ~remove


def _managed(world: World, call: Call) -> tuple[Channel, Guild]:
    found = find_channel(world, call.params["channel_id"])
    guild = guild_of(world, found)
    demand_administrator(world, guild, "channel_permissions_not_admin")
    return found, guild


def _role(guild: Guild, call: Call) -> str:
    if call.params["role_id"] not in guild.roles:
        raise PlatformError(_PERMISSIONS_INVALID)
    return call.params["role_id"]


def _fields(guild: Guild, body: dict[str, Any]) -> dict[str, Any]:
    """The fields of a channel that a request names and that can change."""
    fields: dict[str, Any] = {}
    if body.get("name") is not None:
        fields["name"] = string(body, "name")
    if body.get("position") is not None:
        fields["position"] = integer(body, "position")
    # NoneBot sends a number, and `speaking_permission` (nonebot/adapter-qq@d8db0a7 nonebot/adapters/qq/bot.py).
    if body.get("parent_id") not in (None, ""):
        parent_id = str(integer(body, "parent_id"))
        if parent_id != "0" and (parent_id not in guild.channels or guild.channels[parent_id].type != CATEGORY):
            raise PlatformError(INVALID)
        fields["parent_id"] = parent_id
    for names, known in (
        (("private_type",), _PRIVATE_TYPES),
        (("speak_permission", "speaking_permission"), _SPEAK_TYPES),
    ):
        for name in names:
            if body.get(name) is None:
                continue
            if integer(body, name) not in known:
                raise PlatformError(INVALID)
            fields[names[0]] = integer(body, name)
    return fields


_CHANNEL = ("unknown_channel", "guild_auth_check_failed")
_CHANGES = ("admin_check_not_passed", "guild_request_invalid")
_RIGHTS = (*_CHANNEL, "channel_permissions_not_admin")
_STATE = "bits of a user or role in the channel"

ROUTES = (
    Route("GET /guilds/{guild_id}/channels", channels, "the guild's channels", ("unknown_guild",)),
    Route(
        "POST /guilds/{guild_id}/channels", create_channel, "a channel; CHANNEL_CREATE", ("unknown_guild", *_CHANGES)
    ),
    Route("GET /channels/{channel_id}", channel, "the channel", _CHANNEL),
    Route("PATCH /channels/{channel_id}", change_channel, "the channel; CHANNEL_UPDATE", (*_CHANNEL, *_CHANGES)),
    Route(
        "DELETE /channels/{channel_id}",
        delete_channel,
        "the channel and all in it; CHANNEL_DELETE",
        (*_CHANNEL, "admin_check_not_passed"),
    ),
    Route(
        "GET /channels/{channel_id}/members/{user_id}/permissions",
        user_permissions,
        _STATE,
        (*_RIGHTS, "channel_permissions_no_member"),
    ),
    Route(
        "PUT /channels/{channel_id}/members/{user_id}/permissions",
        change_user_permissions,
        _STATE,
        (*_RIGHTS, "channel_permissions_no_member", "channel_permissions_invalid"),
    ),
    Route(
        "GET /channels/{channel_id}/roles/{role_id}/permissions",
        role_permissions,
        _STATE,
        (*_RIGHTS, "channel_permissions_invalid"),
    ),
    Route(
        "PUT /channels/{channel_id}/roles/{role_id}/permissions",
        change_role_permissions,
        _STATE,
        (*_RIGHTS, "channel_permissions_invalid"),
    ),
)
