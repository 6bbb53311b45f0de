"""The listening sockets of one server: plain and TLS, the common door, a door per world, and sockets handed in.

All share one uvicorn configuration. A listener knows whose door it is; the application reads it from the scope's state.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.server import ServerState

from fakeqq.web import lines
from fakeqq.web.sockets import DOOR, GatewaySocket, HttpConnection
from fakeqq.wire import limits

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable

    from fakeqq.core.doors import Doors

# How long an idle HTTP connection is kept; nginx's default, the platform's own is unknown. Our choice.
_KEEP_ALIVE_SECONDS = 75
# How long a stopping server waits for requests under way.
_FAREWELL_SECONDS = 1.0
# Connections that wait to be accepted. Our choice.
_BACKLOG = 2048


class Listener:
    """One listening socket, which can be shut for a while: the port stays ours, and the kernel refuses connections.

    Linux stops and starts to listen on a socket that stays bound, so that one from another network namespace can be
    shut, too. Elsewhere the port is given up and bound again.

    Args:
        listening: bound to a port that it was asked for by number: the kernel keeps no other while it is shut.
        accept: makes a server that accepts on a handle of the socket.
        door: the app id whose own door this is, or None.
        handed_in: whoever brought the socket takes it back.
    """

    def __init__(
        self,
        listening: socket.socket,
        accept: Callable[[socket.socket], Awaitable[asyncio.Server]],
        *,
        door: str | None,
        handed_in: bool,
    ) -> None:
        self.door = door
        self.handed_in = handed_in
        self._address = listening.getsockname()
        self.port = int(self._address[1])
        self._socket = listening
        self._accept = accept
        self._server: asyncio.Server | None = None
        self._wanted = False

    async def open(self) -> None:
        """Accept connections; no change if that was so."""
        self._wanted = True
        if self._server is not None:
            return
        if self._socket.fileno() < 0:
            self._socket = _bound(self._address, self._socket.family)
        self._socket.listen(_BACKLOG)
        # A handle of its own, so that a server can end and the socket be used again.
        server = await self._accept(self._socket.dup())
        if self._wanted and self._server is None:
            self._server = server
        else:
            server.close()

    def shut(self) -> None:
        """Have connections refused from now on, those included that wait to be accepted."""
        self._wanted = False
        try:
            self._socket.shutdown(socket.SHUT_RD)
        except OSError:
            self._socket.close()
        self._end_server()

    def close(self) -> None:
        """Give the socket up."""
        self._wanted = False
        self._end_server()
        self._socket.close()

    def _end_server(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


class Listeners:
    """Opens and closes the doors.

    Args:
        app: the ASGI application behind all of them.
        tls: the server-side context, or None to serve plain only.
        doors: told which worlds have doors of their own.
    """

    def __init__(self, app: Callable[..., Any], tls: ssl.SSLContext | None, doors: Doors) -> None:
        # uvicorn prints tracebacks of what clients do wrong; the application logs its own faults.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self._config = uvicorn.Config(
            app,
            http=HttpConnection,
            ws=GatewaySocket,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,  # a bot's X-Forwarded-For says nothing about where it calls from
            ws_max_size=int(limits.MAX_FRAME_BYTES.value),
            ws_ping_interval=None,  # the platform was never seen to send WebSocket pings
            ws_per_message_deflate=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        )
        self._config.load()
        self._state = ServerState()
        self.tls = tls
        self._doors = doors
        self._open: list[Listener] = []

    async def listen(self, host: str, port: int, *, tls: bool, door: str | None = None) -> Listener:
        """Open a port; 0 takes any.

        Raises:
            OSError: the port is taken or not ours to take.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return await self._add(_bound((host, port), family), tls=tls, door=door, handed_in=False)

    async def adopt(self, listening: socket.socket, *, tls: bool, door: str | None = None) -> Listener:
        """Accept on a socket that somebody else bound, perhaps in another network namespace."""
        return await self._add(listening, tls=tls, door=door, handed_in=True)

    def of(self, door: str) -> list[Listener]:
        """The listening sockets that are this world's own door."""
        return [listener for listener in self._open if listener.door == door]

    def close_one(self, listener: Listener) -> None:
        listener.close()
        if listener in self._open:
            self._open.remove(listener)
        if listener.door is not None and not self.of(listener.door):
            self._doors.own.discard(listener.door)

    def reset_connections(self, door: str) -> None:
        """End every connection that came through this door with RST."""
        loop = asyncio.get_running_loop()
        for connection in list(self._state.connections):
            if connection.app_state.get(DOOR) == door:
                if isinstance(connection, GatewaySocket):
                    connection.close_sent = True
                lines.reset(connection.transport, loop)

    def make_stale(self, app_id: str, *, reset: bool) -> int:
        """Have every HTTP connection die that this world's bot keeps idle; returns how many.

        Args:
            reset: with RST and at once; otherwise with EOF, when the next request comes on it.
        """
        kept = [
            connection
            for connection in list(self._state.connections)
            if isinstance(connection, HttpConnection) and connection.app_id == app_id and connection.is_idle
        ]
        for connection in kept:
            connection.stale = True
            if reset:
                lines.reset(connection.transport, asyncio.get_running_loop())
        return len(kept)

    async def _add(self, listening: socket.socket, *, tls: bool, door: str | None, handed_in: bool) -> Listener:
        loop = asyncio.get_running_loop()
        listening.setblocking(False)
        # Accepted connections inherit it; asyncio sets it by itself only on sockets that name their protocol.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def accept(handle: socket.socket) -> Awaitable[asyncio.Server]:
            return loop.create_server(
                lambda: HttpConnection(self._config, self._state, {DOOR: door}),
                sock=handle,
                ssl=self.tls if tls else None,
                backlog=_BACKLOG,
            )

        listener = Listener(listening, accept, door=door, handed_in=handed_in)
        self._open.append(listener)
        if door is not None:
            self._doors.own.add(door)
        if door is None or self._doors.is_open(door):
            await listener.open()
        else:
            listener.shut()
        return listener

    async def close(self) -> None:
        """Stop accepting, end every connection, wait a moment for requests under way."""
        for listener in self._open:
            listener.close()
        self._open.clear()
        for connection in list(self._state.connections):
            connection.shutdown()
        tasks = set(self._state.tasks)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=_FAREWELL_SECONDS)
            for task in late:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*late, return_exceptions=True)
        await asyncio.sleep(0)  # a turn of the loop, in which uvloop hands over what was written
        for connection in list(self._state.connections):
            connection.transport.abort()  # what the peer does not read, it will never read


def _bound(address: tuple[Any, ...], family: int) -> socket.socket:
    """A listening socket; a port of any number is found first and then asked for by that number: see `Listener`."""
    if address[1] != 0 or sys.platform != "linux":
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    with socket.socket(family, socket.SOCK_STREAM) as finder:
        finder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        finder.bind(address[:2])
        return socket.create_server(finder.getsockname()[:2], family=family, backlog=_BACKLOG)
