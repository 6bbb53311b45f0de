"""Further bots of one program: worlds that share another world's own door."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from fakeqq.web.control.state import InWorld, Server

router = APIRouter(tags=["worlds"])


@router.post("/worlds/{app_id}/neighbours", status_code=201)
async def create_neighbour(server: Server, world: InWorld) -> dict[str, Any]:
    """A fresh world with this one's settings and clock speed; its bot is known at this one's own door, too.

    What names neither bot there belongs to the door's own.
    """
    settings = world.settings.model_dump(mode="json")
    other = server.platform.create_world(None, None, settings, server.clock())
    other.clock.set_speed(world.clock.speed, server.clock())
    world.neighbours.add(other.app_id)
    server.record(world, "neighbour", app_id=other.app_id)
    server.flush()
    return {"app_id": other.app_id, "secret": other.secret}
