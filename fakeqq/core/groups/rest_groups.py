"""The group management API of 2026: who is in a group, who may speak, who may come in.

The pages are those of 2026, `docs_2026("autogen/api/v2_groups_group_openid_…")`. They demand that the bot is an
administrator for mutes and applications; by which error it is refused otherwise nobody has shown: 11253 is our choice.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.events import payloads_relations, relations
from fakeqq.core.events.events import timestamp
from fakeqq.core.events.speech import hears_all
from fakeqq.core.rest.calls import Call, Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fakeqq.core.clock import Instant
    from fakeqq.core.people import Group
    from fakeqq.core.world import World

MALFORMED = "request_malformed"
FORBIDDEN = "permission_denied"
ABSENT = "resource_not_found"

MEMBERS_PAGE = 30
LIST_PAGE, LONGEST_PAGE = 20, 100
# The others may be called thirty times a minute.
SIXTY_A_MINUTE = frozenset(
    f"{operation[0]} /v2/groups/{{group_openid}}/{operation[1]}"
    for operation in (
        ("GET", "members"), ("POST", "restrict_chat_setting"), ("POST", "approval_join_request/{member_openid}"),
        ("POST", "member_blacklist"),
    )
)  # fmt: skip

MUTES_AT_ONCE = 10
REMOVALS_AT_ONCE = 20


def info(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    group = _group(world, call)
    return {
        "group_openid": group.group_openid,
        "group_name": group.name,
        "group_finger_memo": "",
        "group_class_text": "",
        "group_tags": [],
        "group_member_num": len(group.members) + 1,
    }


def bot_state(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    group = _group(world, call)
    return {
        "member_openid": world.bot_openid,
        "joined_at": timestamp(group.records.since(world.bot_openid)),
        "allow_proactive_msg": group.accepts,
        "recv_msg_setting": "all" if hears_all(world, group) else "only_mention",
        "member_role": "admin" if group.bot_is_admin else "member",
    }


def members(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    """Thirty members from the cursor on; a cursor is the number of those before it."""
    group = _group(world, call)
    people, after = _page(group.members, call.query, MEMBERS_PAGE)
    return {"members": [_member(world, group, openid) for openid in people], "next_cursor": after}


def members_by_index(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    """The older form of the list, which NoneBot's adapter still calls."""
    group = _group(world, call)
    start, limit = _count(call.body, "start_index", 0, len(group.members)), _count(call.body, "limit", LIST_PAGE, 500)
    shown = group.members[start : start + limit]
    rest = {"next_index": start + limit} if start + limit < len(group.members) else {}
    joined = [{"member_openid": openid, "join_timestamp": int(group.records.since(openid))} for openid in shown]
    return {"members": joined, **rest}


def member(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    group = _group(world, call)
    openid = call.params["member_openid"]
    if openid not in group.members:
        raise PlatformError(ABSENT)
    return _member(world, group, openid)


def mutes(world: World, call: Call, now: Instant) -> dict[str, Any]:
    group = _administrated(world, call)
    muted = [
        {"member_openid": openid, "mute_expire_at": timestamp(until), "username": _name(world, openid),
         "union_openid": ""}
        for openid, until in group.records.muted_until.items()
        if until > now.world
    ]  # fmt: skip
    return {"global_rule": {"mode": "none", "schedule_rules": [], "recurring_rules": []}, "members": muted}


def mute(world: World, call: Call, now: Instant) -> dict[str, Any]:
    """Mute, prolong and unmute ordinary members, ten in one call; nothing happens when one of them is refused."""
    group = _administrated(world, call)
    wanted = call.body.get("members", [])
    if not isinstance(wanted, list) or len(wanted) > MUTES_AT_ONCE:
        raise PlatformError(MALFORMED)
    changes = [_mute_of(group, one, now) for one in wanted]
    for openid, until in changes:
        if until is None:
            group.records.muted_until.pop(openid, None)
        else:
            group.records.muted_until[openid] = until
    return {}


def join_requests(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    group = _administrated(world, call)
    limit = _count(call.query, "limit", LIST_PAGE, LONGEST_PAGE)
    shown, after = _page(list(group.records.requests.values()), call.query, limit)
    return {"list": shown, "next_cursor": after}


def decide(world: World, call: Call, now: Instant) -> dict[str, Any]:
    """Let an applicant in (GROUP_MEMBER_ADD), off the blacklist if need be, or not, and perhaps never again."""
    group = _administrated(world, call)
    openid = call.params["member_openid"]
    request_id, blacklist = call.body.get("join_request_id"), call.body.get("add_to_member_blacklist", False)
    if call.body.get("op") not in ("approve", "decline") or not isinstance(blacklist, bool):
        raise PlatformError(MALFORMED)
    requests = group.records.requests
    found = [
        known
        for known, request in requests.items()
        if request["member_openid"] == openid and request_id in (None, "", known)
    ]
    if not found:
        raise PlatformError(ABSENT)
    for known in found:
        del requests[known]
    if call.body["op"] == "approve":
        group.records.blacklist.pop(openid, None)
        relations.take_member(world, group.group_openid, openid, now, inside=True)
    elif blacklist:
        group.records.blacklist[openid] = now.world
    return {}


def remove_members(world: World, call: Call, now: Instant) -> dict[str, Any]:
    """Out of the group, twenty in one call: GROUP_MEMBER_REMOVE for each."""
    group = _administrated(world, call)
    leaving = _openids(call.body)
    if not all(openid in group.members for openid in leaving):
        raise PlatformError(ABSENT)
    for openid in leaving:
        relations.take_member(world, group.group_openid, openid, now, inside=False)
        if call.body.get("add_to_member_blacklist"):
            group.records.blacklist[openid] = now.world
    return {"remove_members_result": "success", "add_to_member_blacklist_fail_openids": []}


def blacklist(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    group = _administrated(world, call)
    limit = _count(call.query, "limit", LIST_PAGE, LONGEST_PAGE)
    shown, after = _page(list(group.records.blacklist.items()), call.query, limit)
    users = [
        {"union_openid": "", "member_openid": openid, "username": _name(world, openid),
         "banned_at": timestamp(at), "bot": False}
        for openid, at in shown
    ]  # fmt: skip
    return {"users": users, "next_cursor": after}


def change_blacklist(world: World, call: Call, now: Instant) -> dict[str, Any]:
    """On the list or off it; who is in the group cannot be put on it."""
    group = _administrated(world, call)
    openids, adds = _openids(call.body), call.body.get("op") == "add"
    if call.body.get("op") not in ("add", "del"):
        raise PlatformError(MALFORMED)
    records = group.records
    failed = [openid for openid in openids if (openid in group.members if adds else openid not in records.blacklist)]
    for openid in openids:
        if openid in failed:
            continue
        if adds:
            records.blacklist[openid] = now.world
        else:
            del records.blacklist[openid]
    return {"fail_openids": failed}


def apply_to_join(world: World, group_openid: str, user: str | None, text: str, now: Instant) -> dict[str, Any]:
    """A user asks to be let in: GROUP_JOIN_REQUEST, which only an administrating bot is told.

    Raises:
        ControlError: no such group or user, or the user is on the group's blacklist.
    """
    group, person = world.people.group(group_openid), world.people.user(user)
    relations.demand_welcome(person.openid, banned=person.openid in group.records.blacklist)
    request_id = world.identifiers.interaction_id()
    data = payloads_relations.join_request(group.group_openid, person.openid, person.name, request_id, now.world, text)
    group.records.requests[request_id] = {
        key: data[key] for key in data if key != "group_openid"
    } | {"risk_tips": "", "union_openid": "", "invited_by": "", "bot": False}  # fmt: skip
    told = group.has_bot and group.bot_is_admin
    nothing = {"event_id": None, "event_type": None, "delivered": 0}
    done = world.emit("GROUP_JOIN_REQUEST", data, now) if told else nothing
    return {"group": group.group_openid, "user": person.openid, "join_request_id": request_id, **done}


def _group(world: World, call: Call) -> Group:
    group = world.people.groups.get(call.params["group_openid"])
    if group is None or not group.has_bot:
        raise PlatformError(ABSENT)
    if world.settings.switch("group_management") == "refused":
        raise PlatformError(FORBIDDEN)
    return group


def _administrated(world: World, call: Call) -> Group:
    group = _group(world, call)
    if not group.bot_is_admin:
        raise PlatformError(FORBIDDEN)
    return group


def _name(world: World, openid: str) -> str:
    """A person's name; "" of somebody whom this world has never seen, who may stand on a blacklist."""
    person = world.people.users.get(openid)
    return person.name if person else ""


def _member(world: World, group: Group, openid: str) -> dict[str, Any]:
    """One member; who was there first owns the group, our choice."""
    return {
        "member_openid": openid,
        "username": _name(world, openid),
        "member_role": "owner" if openid == group.members[0] else "member",
        "bot": False,
        "joined_at": timestamp(group.records.since(openid)),
        "union_openid": "",
    }


def _mute_of(group: Group, wanted: object, now: Instant) -> tuple[str, float | None]:
    if not isinstance(wanted, dict) or wanted.get("op") not in ("add", "update", "del"):
        raise PlatformError(MALFORMED)
    openid = wanted.get("member_openid")
    if openid not in group.members:
        raise PlatformError(ABSENT)
    if wanted["op"] == "del":
        return openid, None
    if openid == group.members[0]:
        raise PlatformError(FORBIDDEN)
    try:
        until = datetime.fromisoformat(wanted.get("mute_expire_at") or "")
    except (TypeError, ValueError):
        raise PlatformError(MALFORMED) from None
    if until.tzinfo is None:
        raise PlatformError(MALFORMED)
    return openid, until.timestamp() if until.timestamp() > now.world else None


def _openids(body: Mapping[str, Any]) -> list[str]:
    openids = body.get("member_openids")
    if not isinstance(openids, list) or not 0 < len(openids) <= REMOVALS_AT_ONCE:
        raise PlatformError(MALFORMED)
    if not all(isinstance(openid, str) for openid in openids):
        raise PlatformError(MALFORMED)
    return list(dict.fromkeys(openids))


def _page(items: list[Any], query: Mapping[str, str], limit: int) -> tuple[list[Any], str]:
    """A page, and the cursor of the next one; "" after the last."""
    cursor = query.get("cursor") or "0"
    if not (cursor.isascii() and cursor.isdigit()):
        raise PlatformError(MALFORMED)
    start = min(int(cursor[:9]), len(items))
    end = start + limit
    return items[start:end], str(end) if end < len(items) else ""


def _count(fields: Mapping[str, Any], name: str, default: int, most: int) -> int:
    """A number of a query or a body; more than `most` is `most`."""
    value = fields.get(name, default)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:9])
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise PlatformError(MALFORMED)
    return min(value, most)


def _routes(*rows: tuple[str, str, Any, str, tuple[str, ...]]) -> Iterable[Route]:
    for method, path, handler, state, errors in rows:
        yield Route(f"{method} /v2/groups/{{group_openid}}/{path}", handler, state, (ABSENT, FORBIDDEN, *errors))


ROUTES: tuple[Route, ...] = tuple(
    _routes(
        ("GET", "info", info, "the group", ()),
        ("GET", "bot_state", bot_state, "the bot's place in the group", ()),
        ("GET", "members", members, "members", (MALFORMED,)),
        ("POST", "members", members_by_index, "members", (MALFORMED,)),
        ("GET", "members/{member_openid}", member, "members", ()),
        ("GET", "restrict_chat_setting", mutes, "mutes", ()),
        ("POST", "restrict_chat_setting", mute, "mutes", (MALFORMED,)),
        ("GET", "join_request_list", join_requests, "applications", (MALFORMED,)),
        ("POST", "approval_join_request/{member_openid}", decide,
         "applications, members, blacklist; GROUP_MEMBER_ADD", (MALFORMED,)),
        ("POST", "batch_remove_members", remove_members, "members, blacklist; GROUP_MEMBER_REMOVE", (MALFORMED,)),
        ("GET", "member_blacklist", blacklist, "blacklist", (MALFORMED,)),
        ("POST", "member_blacklist", change_blacklist, "blacklist", (MALFORMED,)),
    )
)  # fmt: skip
