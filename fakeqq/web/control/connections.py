"""Live connections and sessions: the ways in which the platform ends them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter

from fakeqq.core.clock import Instant
from fakeqq.core.gateway.connection import Connection
from fakeqq.core.gateway.outputs import ResetSocket, StopReading, StopSending
from fakeqq.core.world import World
from fakeqq.web.control import models
from fakeqq.web.control.state import ControlState, InWorld, Server

router = APIRouter(tags=["connections"])


@router.get("/worlds/{app_id}/connections")
async def list_connections(world: InWorld) -> dict[str, Any]:
    return {"connections": [connection.as_json() for connection in world.live_connections()]}


@router.get("/worlds/{app_id}/sessions")
async def list_sessions(world: InWorld) -> dict[str, Any]:
    return {"sessions": [session.as_json() for session in world.sessions]}


@router.post("/worlds/{app_id}/connections/reconnect")
async def reconnect(server: Server, world: InWorld, body: models.Reconnect | None = None) -> dict[str, Any]:
    """Op 7: the connection's life is over; by default close 4009 follows at once, as it does in logs."""
    wanted = body or models.Reconnect()
    return _on_each(server, world, "reconnect", wanted, lambda connection, now: connection.ask_to_reconnect(
        now, wanted.then_close, wanted.after))  # fmt: skip


@router.post("/worlds/{app_id}/connections/invalidate")
async def invalidate(server: Server, world: InWorld, body: models.Invalidate | None = None) -> dict[str, Any]:
    """Op 9: the session is not valid."""
    wanted = body or models.Invalidate()

    def act(connection: Connection, now: Instant) -> None:
        _forget(world, connection, wanted.forget)
        connection.invalidate(now, resumable=wanted.resumable, then_close=wanted.then_close, after=wanted.after)

    return _on_each(server, world, "invalidate", wanted, act)


@router.post("/worlds/{app_id}/connections/close")
async def close(server: Server, world: InWorld, body: models.Close) -> dict[str, Any]:
    """A close frame with this code."""

    def act(connection: Connection, now: Instant) -> None:
        _forget(world, connection, body.forget)
        connection.close(body.code, now, body.reason)

    return _on_each(server, world, "close", body, act)


@router.post("/worlds/{app_id}/connections/drop")
async def drop(server: Server, world: InWorld, body: models.Selection | None = None) -> dict[str, Any]:
    """The TCP connection is gone without a close frame."""
    wanted = body or models.Selection()
    return _on_each(server, world, "drop", wanted, lambda connection, now: connection.drop(now))


@router.post("/worlds/{app_id}/connections/reset")
async def reset(server: Server, world: InWorld, body: models.Selection | None = None) -> dict[str, Any]:
    """The TCP connection ends with RST."""
    wanted = body or models.Selection()
    return _on_each(server, world, "reset", wanted, lambda connection, now: connection.out.put(ResetSocket(), now))


@router.post("/worlds/{app_id}/connections/half-open")
async def half_open(server: Server, world: InWorld, body: models.Selection | None = None) -> dict[str, Any]:
    """The server reads nothing more and keeps the socket."""
    wanted = body or models.Selection()
    return _on_each(server, world, "half-open", wanted, lambda connection, now: connection.out.put(StopReading(), now))


@router.post("/worlds/{app_id}/connections/stall")
async def stall(server: Server, world: InWorld, body: models.Selection | None = None) -> dict[str, Any]:
    """Nothing more leaves, close frames and WebSocket pongs included, and the socket stays open."""
    wanted = body or models.Selection()
    return _on_each(server, world, "stall", wanted, lambda connection, now: connection.out.put(StopSending(), now))


@router.post("/worlds/{app_id}/connections/heartbeat")
async def heartbeat(server: Server, world: InWorld, body: models.Selection | None = None) -> dict[str, Any]:
    """The server sends op 1, which the documents allow and a bot must bear."""
    wanted = body or models.Selection()
    return _on_each(server, world, "heartbeat", wanted, lambda connection, now: connection.send_heartbeat(now))


@router.post("/worlds/{app_id}/connections/mute-acks")
async def mute_acks(server: Server, world: InWorld, body: models.MuteAcks) -> dict[str, Any]:
    """Heartbeats go unanswered while the socket stays open; never ended by the server for silence meanwhile."""
    world.acks_muted = body.muted
    server.record(world, "mute-acks", muted=body.muted)
    return {"connections": [connection.number for connection in world.live_connections()]}


@router.post("/worlds/{app_id}/http/stale")
async def make_http_stale(server: Server, world: InWorld, body: models.StaleHttp) -> dict[str, int]:
    """Every HTTP connection that the bot keeps idle is dead, as middleboxes leave them behind."""
    count = server.make_stale(world.app_id, reset=body.how == "reset")
    server.record(world, "http/stale", how=body.how, connections=count)
    return {"connections": count}


@router.post("/worlds/{app_id}/sessions/forget")
async def forget_sessions(server: Server, world: InWorld) -> dict[str, int]:
    """Every session is unknown from now on: RESUME is refused. Live sockets stay open and hear nothing more."""
    forgotten = world.sessions.forget_all()
    server.record(world, "forget-sessions", count=forgotten)
    return {"forgotten": forgotten}


def _forget(world: World, connection: Connection, wanted: bool) -> None:
    if wanted and connection.session is not None:
        world.sessions.forget(connection.session)


def _on_each(
    server: ControlState,
    world: World,
    action: str,
    body: models.Selection,
    act: Callable[[Connection, Instant], None],
) -> dict[str, Any]:
    """Do it to the selected connections and say to which."""
    connections = world.live_connections(body.connection)
    server.record(world, action, **body.model_dump(exclude_none=True))
    now = server.now(world)
    for connection in connections:
        act(connection, now)
    server.flush()
    return {"connections": [connection.number for connection in connections]}
