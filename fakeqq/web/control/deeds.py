"""What people do, and what the bot is told of it: speaking, friends, groups, buttons, and events of any type."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from fakeqq.core.errors import ControlError
from fakeqq.core.events import buttons, relations
from fakeqq.core.events.speech import Speech, speak
from fakeqq.core.groups import rest_groups
from fakeqq.core.world import World
from fakeqq.web.control import models
from fakeqq.web.control.state import ControlState, InWorld, Server
from fakeqq.wire.intents import EVENT_INTENTS

router = APIRouter(tags=["people"])


@router.post("/worlds/{app_id}/say")
async def say(server: Server, world: InWorld, body: models.Say) -> dict[str, Any]:
    """A user speaks: in C2C, in a group, in a guild's channel, or in direct messages."""
    speech = Speech(
        text=body.text,
        scene=body.scene,
        user=body.user,
        group=body.group,
        guild=body.guild,
        channel=body.channel,
        quote=body.quote,
        attachments=tuple(body.attachments),
        faces=tuple(body.faces),
        mentions=None if body.mentions is None else tuple(body.mentions),
        fields=body.fields,
    )
    said = speak(world, speech, server.now(world))
    server.flush()
    return said


@router.post("/worlds/{app_id}/events")
async def raw_event(server: Server, world: InWorld, body: models.RawEvent) -> dict[str, Any]:
    """Dispatch any event: with `data` as it is, without it a complete one of a known type."""
    now = server.now(world)
    data = body.data
    if "data" in body.model_fields_set:
        if body.fields:
            raise ControlError("bad_value", "give `data`, the whole of `d`, or `fields` over the default, not both")
    elif body.fields or body.type in EVENT_INTENTS:
        data = world.default_event(body.type, body.fields, now)
    sent = world.raw_event(body.type, data, body.id, now)
    server.flush()
    return {**sent, "data": data}


@router.post("/worlds/{app_id}/press")
async def press(server: Server, world: InWorld, body: models.Press) -> dict[str, Any]:
    """A user presses a button: INTERACTION_CREATE."""
    now = server.now(world)
    pressed = buttons.press(world, buttons.Press(**body.model_dump()), now)
    return _done(server, world, "press", body, pressed)


@router.post("/worlds/{app_id}/friends/add")
async def add_friend(server: Server, world: InWorld, body: models.OfUser | None = None) -> dict[str, Any]:
    """A user adds the bot: FRIEND_ADD."""
    wanted = body or models.OfUser()
    done = relations.befriend(world, wanted.user, server.now(world), friend=True)
    return _done(server, world, "friends/add", wanted, done)


@router.post("/worlds/{app_id}/friends/remove")
async def remove_friend(server: Server, world: InWorld, body: models.OfUser | None = None) -> dict[str, Any]:
    """A user removes the bot, FRIEND_DEL, and cannot be written to any more."""
    wanted = body or models.OfUser()
    done = relations.befriend(world, wanted.user, server.now(world), friend=False)
    return _done(server, world, "friends/remove", wanted, done)


@router.post("/worlds/{app_id}/groups/{group}/join")
async def join_group(server: Server, world: InWorld, group: str, body: models.OfUser | None = None) -> dict[str, Any]:
    """A member takes the bot into the group: GROUP_ADD_ROBOT."""
    wanted = body or models.OfUser()
    done = relations.take_bot(world, group, wanted.user, server.now(world), inside=True)
    return _done(server, world, "groups/join", wanted, done)


@router.post("/worlds/{app_id}/groups/{group}/leave")
async def leave_group(server: Server, world: InWorld, group: str, body: models.OfUser | None = None) -> dict[str, Any]:
    """A member puts the bot out of the group: GROUP_DEL_ROBOT."""
    wanted = body or models.OfUser()
    done = relations.take_bot(world, group, wanted.user, server.now(world), inside=False)
    return _done(server, world, "groups/leave", wanted, done)


@router.post("/worlds/{app_id}/groups/{group}/members/join")
async def member_joins(server: Server, world: InWorld, group: str, body: models.OfUser | None = None) -> dict[str, Any]:
    """A user joins the group: GROUP_MEMBER_ADD."""
    wanted = body or models.OfUser()
    done = relations.take_member(world, group, wanted.user, server.now(world), inside=True)
    return _done(server, world, "groups/members/join", wanted, done)


@router.post("/worlds/{app_id}/groups/{group}/members/leave")
async def member_leaves(
    server: Server, world: InWorld, group: str, body: models.OfUser | None = None
) -> dict[str, Any]:
    """A user leaves the group: GROUP_MEMBER_REMOVE."""
    wanted = body or models.OfUser()
    done = relations.take_member(world, group, wanted.user, server.now(world), inside=False)
    return _done(server, world, "groups/members/leave", wanted, done)


@router.post("/worlds/{app_id}/groups/{group}/members/apply")
async def member_applies(
    server: Server, world: InWorld, group: str, body: models.Application | None = None
) -> dict[str, Any]:
    """A user asks to be let into the group: GROUP_JOIN_REQUEST, if the bot is an administrator there."""
    wanted = body or models.Application()
    done = rest_groups.apply_to_join(world, group, wanted.user, wanted.text, server.now(world))
    return _done(server, world, "groups/members/apply", wanted, done)


@router.put("/worlds/{app_id}/groups/{group}/mode")
async def set_group_mode(server: Server, world: InWorld, group: str, body: models.GroupMode) -> dict[str, Any]:
    """Whether the bot gets every message of this group, as GROUP_MESSAGE_CREATE."""
    house = world.people.group(group)
    house.full = body.full
    return _done(server, world, "groups/mode", body, house.as_json())


@router.post("/worlds/{app_id}/reject")
async def reject(server: Server, world: InWorld, body: models.OfChat | None = None) -> dict[str, Any]:
    """Messages that answer nothing are refused from now on: C2C_MSG_REJECT or GROUP_MSG_REJECT."""
    wanted = body or models.OfChat()
    done = relations.accept(world, wanted.user, wanted.group, server.now(world), accepts=False)
    return _done(server, world, "reject", wanted, done)


@router.post("/worlds/{app_id}/receive")
async def receive(server: Server, world: InWorld, body: models.OfChat | None = None) -> dict[str, Any]:
    """Messages that answer nothing are taken again: C2C_MSG_RECEIVE or GROUP_MSG_RECEIVE."""
    wanted = body or models.OfChat()
    done = relations.accept(world, wanted.user, wanted.group, server.now(world), accepts=True)
    return _done(server, world, "receive", wanted, done)


def _done(server: ControlState, world: World, action: str, body: models.Body, answer: dict[str, Any]) -> dict[str, Any]:
    server.record(world, action, **body.model_dump(exclude_none=True))
    server.flush()
    return answer
