"""The listening sockets of one server: plain and TLS, the common door, a door per world, and sockets handed in.

All share one uvicorn configuration. A listener knows whose door it is; the application reads it from the scope's state.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.server import ServerState

from fakeqq.web.sockets import DOOR, GatewaySocket, HttpConnection
from fakeqq.wire import limits

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

# How long an idle HTTP connection is kept; nginx's default, the platform's own is unknown. Our choice.
_KEEP_ALIVE_SECONDS = 75
# How long a stopping server waits for requests under way.
_FAREWELL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Listener:
    """One accepting socket."""

    server: asyncio.Server
    port: int

    def close(self) -> None:
        self.server.close()


class Listeners:
    """Opens and closes the doors.

    Args:
        app: the ASGI application behind all of them.
        tls: the server-side context, or None to serve plain only.
    """

    def __init__(self, app: Callable[..., Any], tls: ssl.SSLContext | None) -> None:
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
            ws_max_size=int(limits.MAX_FRAME_BYTES.value),
            ws_ping_interval=None,  # the platform was never seen to send WebSocket pings
            ws_per_message_deflate=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        )
        self._config.load()
        self._state = ServerState()
        self.tls = tls
        self._open: list[Listener] = []

    async def listen(self, host: str, port: int, *, tls: bool, door: str | None = None) -> Listener:
        """Open a port; 0 takes any.

        Raises:
            OSError: the port is taken or not ours to take.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=2048)
        return await self.adopt(listening, tls=tls, door=door)

    async def adopt(self, listening: socket.socket, *, tls: bool, door: str | None = None) -> Listener:
        """Accept on a socket that somebody else bound, perhaps in another network namespace."""
        loop = asyncio.get_running_loop()
        listening.setblocking(False)
        # Accepted connections inherit it; asyncio sets it by itself only on sockets that name their protocol.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = await loop.create_server(
            lambda: HttpConnection(self._config, self._state, {DOOR: door}),
            sock=listening,
            ssl=self.tls if tls else None,
            backlog=2048,
        )
        listener = Listener(server, int(listening.getsockname()[1]))
        self._open.append(listener)
        return listener

    def close_one(self, listener: Listener) -> None:
        listener.close()
        if listener in self._open:
            self._open.remove(listener)

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
