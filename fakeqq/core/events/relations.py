"""What people do besides speaking: befriend the bot, take it into groups, refuse its messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import ControlError
from fakeqq.core.events import payloads_relations as payloads

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.guild.guilds import Guild
    from fakeqq.core.people import Group
    from fakeqq.core.world import World


def befriend(world: World, user: str | None, now: Instant, *, friend: bool) -> dict[str, Any]:
    """FRIEND_ADD or FRIEND_DEL; a new friend takes messages again."""
    person = world.people.user(user)
    person.is_friend = friend
    if friend:
        person.accepts = True
        data = payloads.friend_added(person.openid, now.world)
    else:
        data = payloads.user_status(person.openid, now.world)
    return {"user": person.openid, **world.emit("FRIEND_ADD" if friend else "FRIEND_DEL", data, now)}


def take_bot(world: World, group_openid: str, by: str | None, now: Instant, *, inside: bool) -> dict[str, Any]:
    """GROUP_ADD_ROBOT or GROUP_DEL_ROBOT."""
    group, person = world.people.group(group_openid), world.people.user(by)
    group.has_bot = inside
    data = payloads.group_status(group.group_openid, person.openid, now.world)
    return {"group": group.group_openid, **world.emit("GROUP_ADD_ROBOT" if inside else "GROUP_DEL_ROBOT", data, now)}


def take_member(world: World, group_openid: str, user: str | None, now: Instant, *, inside: bool) -> dict[str, Any]:
    """GROUP_MEMBER_ADD or GROUP_MEMBER_REMOVE; a bot outside the group is told nothing.

    Raises:
        ControlError: no such group or user, or who would come in is on the group's blacklist.
    """
    group, person = world.people.group(group_openid), world.people.user(user)
    records = group.records
    if inside:
        demand_welcome(person.openid, banned=person.openid in records.blacklist)
        records.gone.discard(person.openid)
    else:
        records.gone.add(person.openid)
    if inside and person.openid not in group.members:
        group.members.append(person.openid)
        records.joined_at[person.openid] = now.world
    elif not inside and person.openid in group.members:
        group.members.remove(person.openid)
    data = payloads.group_member(group.group_openid, person.openid, now.world)
    event = "GROUP_MEMBER_ADD" if inside else "GROUP_MEMBER_REMOVE"
    told = world.emit(event, data, now) if group.has_bot else {"event_id": None, "event_type": None, "delivered": 0}
    return {"group": group.group_openid, "user": person.openid, **told}


def demand_group_place(group: Group, openid: str) -> None:
    """Refuse the deeds of somebody who is out of the group; who was never seen in it may come in by speaking.

    Raises:
        ControlError: says why.
    """
    demand_welcome(openid, banned=openid in group.records.blacklist)
    _demand_inside(openid, gone=openid in group.records.gone)


def demand_guild_place(world: World, guild: Guild, openid: str) -> None:
    """The same of a guild, and of the direct messages that come from it.

    Raises:
        ControlError: says why.
    """
    user_id = world.guilds.member_id(openid)
    demand_welcome(openid, banned=user_id in guild.blacklist)
    _demand_inside(openid, gone=user_id in guild.gone)


def demand_welcome(openid: str, *, banned: bool) -> None:
    """Refuse somebody on the blacklist.

    Raises:
        ControlError: so they are.
    """
    if banned:
        advice = "the bot keeps the list; let somebody else do it"
        raise ControlError("blacklisted", f"{openid} is on the blacklist here", status=409, suggestion=advice)


def _demand_inside(openid: str, *, gone: bool) -> None:
    if gone:
        advice = "let them join again first"
        raise ControlError("not_inside", f"{openid} has left here, or was put out", status=409, suggestion=advice)


def accept(world: World, user: str | None, group_openid: str | None, now: Instant, *, accepts: bool) -> dict[str, Any]:
    """C2C_MSG_RECEIVE or C2C_MSG_REJECT, in a group GROUP_MSG_RECEIVE or GROUP_MSG_REJECT."""
    word = "RECEIVE" if accepts else "REJECT"
    person = world.people.user(user)
    if group_openid is None:
        person.accepts = accepts
        told = world.emit(f"C2C_MSG_{word}", payloads.user_status(person.openid, now.world), now)
        return {"user": person.openid, "group": None, **told}
    group = world.people.group(group_openid)
    group.accepts = accepts
    data = payloads.group_status(group.group_openid, person.openid, now.world)
    return {"user": person.openid, "group": group.group_openid, **world.emit(f"GROUP_MSG_{word}", data, now)}
