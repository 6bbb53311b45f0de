"""What people do besides speaking: befriend the bot, take it into groups, refuse its messages, press its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from fakeqq.core.errors import ControlError, unknown
from fakeqq.core.events import payloads_relations as payloads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakeqq.core.clock import Instant
    from fakeqq.core.people import ChatMessage, Group, User
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
    """GROUP_MEMBER_ADD or GROUP_MEMBER_REMOVE; a bot outside the group is told nothing."""
    group, person = world.people.group(group_openid), world.people.user(user)
    if inside and person.openid not in group.members:
        group.members.append(person.openid)
        group.records.joined_at[person.openid] = now.world
    elif not inside and person.openid in group.members:
        group.members.remove(person.openid)
    data = payloads.group_member(group.group_openid, person.openid, now.world)
    event = "GROUP_MEMBER_ADD" if inside else "GROUP_MEMBER_REMOVE"
    told = world.emit(event, data, now) if group.has_bot else {"event_id": None, "event_type": None, "delivered": 0}
    return {"group": group.group_openid, "user": person.openid, **told}


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


def press(  # noqa: PLR0913 - who presses what, where
    world: World,
    user: str | None,
    group: str | None,
    message_id: str | None,
    button_id: str | None,
    button_data: str | None,
    now: Instant,
) -> dict[str, Any]:
    """INTERACTION_CREATE: a button under a message of the bot's, or one that the test describes.

    Args:
        message_id: where to look the button up; without it, `button_id` and `button_data` go as they are.

    Raises:
        ControlError: no such message, or it has no such button.
    """
    person = world.people.user(user)
    house = None if group is None else world.people.group(group)
    scene: Literal["c2c", "group"] = "c2c" if house is None else "group"
    button = {"button_data": button_data or "", "button_id": button_id or ""}
    if message_id is not None:
        message = world.people.find_message(scene, house.group_openid if house else person.openid, message_id)
        button = _button(message, message_id, button_id)
    data = payloads.button_pressed(
        world.identifiers.interaction_id(), world.app_id, scene, _place(person, house), button, now.world
    )
    told = world.emit("INTERACTION_CREATE", data, now, event_id=f"INTERACTION_CREATE:{data['id']}")
    return {"interaction_id": data["id"], "user": person.openid, "group": group, **told}


def _place(person: User, group: Group | None) -> dict[str, Any]:
    if group is None:
        return {"user_openid": person.openid}
    return {"group_member_openid": person.openid, "group_openid": group.group_openid}


def _button(message: ChatMessage | None, message_id: str, button_id: str | None) -> dict[str, str]:
    if message is None:
        raise ControlError("unknown_message", f"no message {message_id!r} in this chat", status=404)
    buttons = list(_buttons(message.keyboard))
    found = [button for button in buttons if button_id in (None, button.get("id"))]
    if not found:
        names = [str(button.get("id")) for button in buttons]
        raise unknown("button", str(button_id), names, status=404)
    action = found[0].get("action")
    data = action.get("data") if isinstance(action, dict) else None
    return {"button_data": str(data or ""), "button_id": str(found[0].get("id") or "")}


def _buttons(keyboard: Any) -> Iterator[dict[str, Any]]:
    """The buttons of a keyboard, row by row; one named by a template has none that we know."""
    content = keyboard.get("content") if isinstance(keyboard, dict) else None
    rows = content.get("rows") if isinstance(content, dict) else None
    for row in rows if isinstance(rows, list) else []:
        inside = row.get("buttons") if isinstance(row, dict) else None
        yield from (button for button in inside or [] if isinstance(button, dict))
