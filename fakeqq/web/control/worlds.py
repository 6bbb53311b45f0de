"""Worlds: making, setting, resetting; people and what they say and see; faults; the clock."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Body

from fakeqq.core import snapshots
from fakeqq.core.errors import ControlError
from fakeqq.core.faults.faults import parse_fault
from fakeqq.web.control import models
from fakeqq.web.control.state import InWorld, Server

# The year 3000, epoch seconds: calendars of every client still work then. Our choice.
_END_OF_TIME = 32_503_680_000

router = APIRouter(tags=["worlds"])


@router.get("/worlds")
async def list_worlds(server: Server) -> dict[str, Any]:
    return {"worlds": [{"app_id": world.app_id} for world in server.platform.worlds()]}


@router.post("/worlds", status_code=201)
async def create_world(server: Server, body: models.NewWorld | None = None) -> dict[str, Any]:
    """A fresh world; its app id and secret are invented when not given."""
    wanted = body or models.NewWorld()
    world = server.platform.create_world(
        wanted.app_id, wanted.secret, wanted.settings, server.clock(), snapshot=wanted.snapshot
    )
    if wanted.snapshot is not None:
        server.record(world, "restore", of=wanted.snapshot["app_id"])
    server.flush()
    door = await server.make_door(world.app_id) if wanted.own_door else None
    return {
        "app_id": world.app_id,
        "secret": world.secret,
        "settings": world.settings.model_dump(mode="json"),
        "door": door,
    }


@router.post("/worlds/{app_id}/snapshot")
async def take_snapshot(server: Server, world: InWorld) -> dict[str, Any]:
    """The world as a document that `POST /worlds` takes as `snapshot`; without sessions, tokens and journal."""
    return snapshots.take(world, server.now(world))


@router.get("/worlds/{app_id}")
async def show_world(server: Server, world: InWorld) -> dict[str, Any]:
    return world.as_json(server.now(world))


@router.delete("/worlds/{app_id}")
async def delete_world(server: Server, world: InWorld) -> dict[str, str]:
    """The world and its door are gone; live sockets are dropped."""
    server.platform.remove_world(world.app_id, server.clock())
    server.doors.remove(world.app_id)
    server.flush()
    return {"deleted": world.app_id}


@router.post("/worlds/{app_id}/reset")
async def reset_world(server: Server, world: InWorld) -> dict[str, Any]:
    """Back to the first day: what it was created with, its app id, secret and door stay; live sockets are dropped."""
    fresh = server.platform.reset_world(world.app_id, server.clock())
    server.flush()
    await server.doors.settled()
    return fresh.as_json(server.now(fresh))


@router.post("/worlds/{app_id}/door")
async def move_door(server: Server, world: InWorld, body: models.Door) -> dict[str, bool]:
    """Have new TCP connections to the world's own door refused, or let them in again.

    Live connections stay, unless `drop` is true: then all that came through that door end with RST.
    """
    world.doors.move(world.app_id, is_open=body.open, drop=body.drop)
    server.record(world, "door", **body.model_dump())
    server.flush()
    await server.doors.settled()
    return {"open": body.open}


@router.patch("/worlds/{app_id}/settings")
async def change_settings(server: Server, world: InWorld, changes: dict[str, Any]) -> dict[str, Any]:
    server.platform.demand_callers(world, (), changes)
    world.settings = world.settings.changed(changes)
    server.record(world, "settings", **changes)
    server.retime(world)
    return world.settings.model_dump(mode="json")


@router.get("/worlds/{app_id}/users")
async def list_users(world: InWorld) -> dict[str, Any]:
    return {"users": [user.as_json() for user in world.people.users.values()]}


@router.post("/worlds/{app_id}/users", status_code=201)
async def create_user(world: InWorld, body: models.NewUser | None = None) -> dict[str, Any]:
    return world.people.add_user(body.name if body else None).as_json()


@router.get("/worlds/{app_id}/groups")
async def list_groups(world: InWorld) -> dict[str, Any]:
    return {"groups": [group.as_json() for group in world.people.groups.values()]}


@router.post("/worlds/{app_id}/groups", status_code=201)
async def create_group(world: InWorld, body: models.NewGroup | None = None) -> dict[str, Any]:
    wanted = body or models.NewGroup()
    group = world.people.add_group(wanted.name, wanted.members)
    group.full = wanted.full
    return group.as_json()


@router.get("/worlds/{app_id}/chats")
async def list_chats(world: InWorld) -> dict[str, Any]:
    """What every user and group finally sees."""
    return {"chats": world.people.chats()}


@router.get("/worlds/{app_id}/chats/{openid}")
async def show_chat(world: InWorld, openid: str) -> dict[str, Any]:
    chats = world.people.chats(openid)
    if not chats and not (world.people.knows("c2c", openid) or world.people.knows("group", openid)):
        raise ControlError("unknown_chat", f"no user or group {openid!r} in this world", status=404)
    return {"chats": chats}


@router.get("/worlds/{app_id}/faults")
async def list_faults(world: InWorld) -> dict[str, Any]:
    return {"faults": world.faults.as_json()}


@router.put("/worlds/{app_id}/faults")
async def replace_faults(server: Server, world: InWorld, faults: list[Any] = Body()) -> dict[str, Any]:  # noqa: B008, FAST002 - FastAPI's way to name a list body
    """Arm these faults instead of all others; on any mistake nothing changes."""
    checked = [parse_fault(fault) for fault in faults]
    server.platform.demand_callers(world, checked, ())
    world.faults.arm(checked)
    server.record(world, "faults", names=[fault["name"] for fault in world.faults.as_json()])
    return {"faults": world.faults.as_json()}


@router.delete("/worlds/{app_id}/faults")
async def clear_faults(server: Server, world: InWorld) -> dict[str, Any]:
    world.faults.replace([])
    server.record(world, "faults", names=[])
    return {"faults": []}


@router.get("/worlds/{app_id}/clock")
async def show_clock(server: Server, world: InWorld) -> dict[str, Any]:
    return {"now": server.now(world).world, "speed": world.clock.speed, "frozen": world.clock.frozen}


@router.post("/worlds/{app_id}/clock")
async def move_clock(server: Server, world: InWorld, body: models.Clock) -> dict[str, Any]:
    """Move what the platform judges by: reply windows, token life, session life. Heartbeats keep flowing time."""
    real = server.clock()
    if server.now(world).world + (body.advance or 0) > _END_OF_TIME:
        raise ControlError("bad_value", "advance: no world lives beyond the year 3000")
    if body.speed is not None:
        world.clock.set_speed(body.speed, real)
    if body.frozen is not None:
        world.clock.set_frozen(body.frozen, real)
    if body.advance is not None:
        world.clock.advance(body.advance)
    server.record(world, "clock", **body.model_dump(exclude_none=True))
    server.retime(world)
    return await show_clock(server, world)


@router.post("/worlds/{app_id}/tokens/revoke")
async def revoke_tokens(server: Server, world: InWorld) -> dict[str, int]:
    """Every access token is dead from now on; the next call of the token endpoint gives another."""
    dead = world.tokens.revoke()
    server.record(world, "revoke-tokens", count=len(dead))
    server.retime(world)
    return {"revoked": len(dead)}
