"""Somebody presses a button under a message of the bot's: INTERACTION_CREATE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import ControlError, unknown
from fakeqq.core.events.payloads_relations import button_pressed
from fakeqq.core.events.relations import demand_group_place, demand_guild_place
from fakeqq.core.sending.messages import Anchor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakeqq.core.clock import Instant
    from fakeqq.core.people import ChatMessage, Scene
    from fakeqq.core.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Who presses what, and where.

    Attributes:
        scene: follows from `group` and `channel` when it is not given.
        message_id: where to look the button up; without it, `button_id` and `button_data` go as they are.
        button_id: the first button of the message when it is not given.
    """

    scene: Scene | None = None
    user: str | None = None
    group: str | None = None
    channel: str | None = None
    message_id: str | None = None
    button_id: str | None = None
    button_data: str | None = None


def press(world: World, pressed: Press, now: Instant) -> dict[str, Any]:
    """The interaction's id and what was delivered.

    Raises:
        ControlError: no such user, group or message, or it has no such button.
    """
    person = world.people.user(pressed.user)
    scene, owner, place = _place(world, pressed, person.openid, now)
    button = {"button_data": pressed.button_data or "", "button_id": pressed.button_id or ""}
    if pressed.message_id is not None:
        message = world.people.find_message(scene, owner, pressed.message_id)
        button = _button(message, pressed.message_id, pressed.button_id)
    if scene in {"channel", "dm"}:
        # Only guilds tell who pressed and where, in numbers of their own.
        button["user_id"] = world.guilds.member_id(person.openid)
        if pressed.message_id is not None:
            button["message_id"] = pressed.message_id
    data = button_pressed(world.identifiers.interaction_id(), world.app_id, scene, place, button, now.world)
    told = world.emit("INTERACTION_CREATE", data, now, event_id=f"INTERACTION_CREATE:{data['id']}")
    if scene == "dm":
        # The event looks like a channel's; a reply goes where direct messages go.
        world.anchors.add(told["event_id"], Anchor(scene, owner, now.world))
    where = {"scene": scene, "openid": owner, "user": person.openid, "group": owner if scene == "group" else None}
    return {"interaction_id": data["id"], **where, **told}


def _place(world: World, pressed: Press, openid: str, now: Instant) -> tuple[Scene, str, dict[str, str]]:
    """The scene, the owner of the chat, and what the event says of both."""
    scene = pressed.scene or ("group" if pressed.group is not None else "channel" if pressed.channel else "c2c")
    if scene == "c2c":
        return scene, openid, {"user_openid": openid}
    if scene == "group":
        pressed_in = world.people.group(pressed.group)
        demand_group_place(pressed_in, openid)
        group = pressed_in.group_openid
        return scene, group, {"group_member_openid": openid, "group_openid": group}
    name = world.people.users[openid].name
    if scene == "channel":
        channel = world.guilds.channel(pressed.channel)
        demand_guild_place(world, world.guilds.known(channel.guild_id), openid)
        world.guilds.join(openid, name, channel.guild_id, now.world)
        return scene, channel.id, {"guild_id": channel.guild_id, "channel_id": channel.id}
    direct = world.guilds.direct(openid)
    demand_guild_place(world, world.guilds.known(direct.source_guild_id), openid)
    world.guilds.join(openid, name, direct.source_guild_id, now.world)
    return scene, direct.guild_id, {"guild_id": direct.guild_id, "channel_id": direct.channel_id}


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
