"""The WebSocket gateway: feeds one core connection from one socket, and carries out what the platform wants said."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fakeqq.core.faults.verbs import Delay, Disconnect, Hang, Refuse, Reset
from fakeqq.core.gateway.outputs import ResetSocket
from fakeqq.web.sockets import DOOR, SOCKET
from fakeqq.web.timers import Timers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fakeqq.core.gateway.connection import Connection
    from fakeqq.core.platform import Platform
    from fakeqq.core.world import World
    from fakeqq.web.sockets import GatewaySocket

    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]


log = logging.getLogger("fakeqq")


class Gateway:
    """All live sockets of one server.

    Args:
        platform: decides.
        clock: monotonic seconds.

    Attributes:
        also_flush: what else has something to do whenever the platform may have decided something.
    """

    def __init__(self, platform: Platform, clock: Callable[[], float]) -> None:
        self._platform = platform
        self._clock = clock
        self._sockets: dict[Connection, GatewaySocket] = {}
        self._timers: Timers[Connection] = Timers(clock, self._tick)
        self.also_flush: list[Callable[[], None]] = []

    async def serve(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """One socket's whole life."""
        socket: GatewaySocket = scope["state"][SOCKET]
        door: str | None = scope["state"][DOOR]
        world = self._platform.sole_world() if door is None else self._platform.known(door)
        await receive()  # websocket.connect
        try:
            if not await self._let_through(world, socket, send):
                return
            app_id = world.app_id if world is not None else door
            if app_id is not None:
                # A fault may have held the upgrade while the world was deleted or became another.
                world = self._platform.known(app_id)
                if world is None:
                    await _refuse(send, HTTPStatus.NOT_FOUND)
                    return
            await send({"type": "websocket.accept"})
        except OSError:  # how ASGI tells that the bot has left
            return
        connection = self._platform.open_connection(world, self._clock(), _address(scope), own_door=door is not None)
        self._sockets[connection] = socket
        connection.opened(scope["path"], self._platform.now(world, self._clock()))
        self.flush()
        socket.hand_over(Ear(self, connection, socket))

    def heard(self, connection: Connection, socket: GatewaySocket, message: str | bytes) -> None:
        """A bot has said something."""
        try:
            connection.receive(message, self._platform.now(connection.world, self._clock()))
            self.flush()
        except Exception:
            log.exception("a fault of fakeqq's own at connection %d", connection.number)
            socket.drop()

    def ended(self, connection: Connection, socket: GatewaySocket) -> None:
        """A socket is gone, or is about to go."""
        code, reason, by_client = socket.ending()
        connection.lost(code, reason, self._platform.now(connection.world, self._clock()), by_client=by_client)
        self.flush()
        del self._sockets[connection]
        self._arm(connection)

    def flush(self) -> None:
        """Say everything the platform has decided to say, and arm the next deadline of those concerned."""
        while waiting := self._platform.take_connections_with_output():
            for connection in waiting:
                self._flush_one(connection)
        for flush in self.also_flush:
            flush()

    async def _let_through(self, world: World | None, socket: GatewaySocket, send: Send) -> bool:
        """What a fault makes of the upgrade; whether it is to be finished."""
        real = self._clock()
        now = self._platform.now(world, real)
        fault = world.faults.fire("connect") if world else None
        if fault is not None and world is not None:
            world.note_fault(fault, "connect", now)
            for verb in fault.do:
                match verb:
                    case Refuse():
                        await _refuse(send, verb.status)
                        return False
                    case Disconnect():
                        socket.drop()
                        return False
                    case Reset():
                        socket.perform(ResetSocket(), world.clock.speed)
                        return False
                    case Hang():
                        await _until_lost(socket)
                        return False
                    case Delay():
                        await asyncio.sleep(verb.seconds / world.clock.speed)
                    case _:
                        pass
        return True

    def _flush_one(self, connection: Connection) -> None:
        socket = self._sockets.get(connection)
        speed = connection.world.clock.speed if connection.world else 1.0
        for output in connection.take_outputs():
            if socket is not None:
                socket.perform(output, speed)
        if connection.deadline_moved:
            self._arm(connection)

    def _arm(self, connection: Connection) -> None:
        connection.deadline_moved = False
        deadline = connection.next_deadline() if connection in self._sockets else None
        self._timers.arm(connection, self._platform.clock_of(connection.world), deadline)

    def _tick(self, connection: Connection) -> None:
        connection.tick(self._platform.now(connection.world, self._clock()))
        self.flush()
        self._arm(connection)


class Ear:
    """Hears one socket for its connection."""

    __slots__ = ("_connection", "_gateway", "_socket")

    def __init__(self, gateway: Gateway, connection: Connection, socket: GatewaySocket) -> None:
        self._gateway = gateway
        self._connection = connection
        self._socket = socket

    def heard(self, message: str | bytes) -> None:
        self._gateway.heard(self._connection, self._socket, message)

    def ended(self) -> None:
        self._gateway.ended(self._connection, self._socket)


def _address(scope: dict[str, Any]) -> str:
    """The peer's address; a unix socket has none."""
    client = scope.get("client")
    return str(client[0]) if client else ""


async def _refuse(send: Send, status: int) -> None:
    """Answer the upgrade with a status and nothing else."""
    await send({"type": "websocket.http.response.start", "status": status, "headers": []})
    await send({"type": "websocket.http.response.body", "body": b""})


async def _until_lost(socket: GatewaySocket) -> None:
    """Keep the TCP connection open and say nothing until the client gives up."""
    while True:
        message = await socket.queue.get()
        if message["type"] == "websocket.disconnect":
            return
