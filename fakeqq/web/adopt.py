"""A desk where another process hands in listening sockets, e.g. one bound inside a network namespace.

Over a unix stream socket: one listening TCP socket per connection (SCM_RIGHTS) with a JSON object
`{"tls": true, "app_id": null}`; the answer is one JSON line. The socket is accepted on until the connection closes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from fakeqq.web.listeners import Listener, Listeners

_MAX_MESSAGE = 4096


class AdoptionDesk:
    """Takes listening sockets in and gives them back when whoever brought them leaves.

    Args:
        path: of the unix socket; its directory must be private.
    """

    def __init__(self, path: Path, listeners: Listeners) -> None:
        self.path = path
        self._listeners = listeners
        self._desk: socket.socket | None = None
        self._visits: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        desk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        desk.bind(str(self.path))
        self.path.chmod(0o600)
        desk.listen()
        desk.setblocking(False)
        self._desk = desk
        asyncio.get_running_loop().add_reader(desk, self._welcome)

    async def close(self) -> None:
        if self._desk is not None:
            asyncio.get_running_loop().remove_reader(self._desk)
            self._desk.close()
        for visit in self._visits:
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    def _welcome(self) -> None:
        assert self._desk is not None
        with contextlib.suppress(BlockingIOError):
            visitor, _ = self._desk.accept()
            visitor.setblocking(False)
            visit = asyncio.get_running_loop().create_task(self._serve(visitor))
            self._visits.add(visit)
            visit.add_done_callback(self._visits.discard)

    async def _serve(self, visitor: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        listener: Listener | None = None
        with visitor:
            try:
                await _readable(visitor)
                listener, answer = await self._take_in(visitor)
                await loop.sock_sendall(visitor, json.dumps(answer).encode() + b"\n")
                while listener is not None and await loop.sock_recv(visitor, _MAX_MESSAGE):
                    pass
            except OSError:
                pass  # the visitor left
            finally:
                if listener is not None:
                    self._listeners.close_one(listener)

    async def _take_in(self, visitor: socket.socket) -> tuple[Listener | None, dict[str, Any]]:
        message, handles, _, _ = socket.recv_fds(visitor, _MAX_MESSAGE, 4)
        handed = [handle for handle in map(_tcp_listener, handles) if handle is not None]
        wanted = _wish(message)
        if wanted is None or len(handles) != 1 or not handed or (wanted[0] and self._listeners.tls is None):
            for listening in handed:
                listening.close()
            expected = (
                'hand in one listening socket with {"tls": true|false, "app_id": null|"..."}; TLS needs --tls-port'
            )
            return None, {"ok": False, "error": expected}
        tls, app_id = wanted
        return await self._listeners.adopt(handed[0], tls=tls, door=app_id), {"ok": True}


def _tcp_listener(handle: int) -> socket.socket | None:
    """The listening TCP socket behind a handle; anything else is closed."""
    try:
        handed = socket.socket(fileno=handle)
    except OSError:
        os.close(handle)
        return None
    is_tcp = handed.family in (socket.AF_INET, socket.AF_INET6) and handed.type == socket.SOCK_STREAM
    if is_tcp and handed.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        return handed
    handed.close()
    return None


def _wish(message: bytes) -> tuple[bool, str | None] | None:
    """`tls` and `app_id` of a visitor's message, or None when it makes no sense."""
    try:
        wanted = json.loads(message)
    except (ValueError, RecursionError):
        return None
    if not isinstance(wanted, dict):
        return None
    tls, app_id = wanted.get("tls"), wanted.get("app_id")
    return (tls, app_id) if isinstance(tls, bool) and isinstance(app_id, str | None) else None


async def _readable(visitor: socket.socket) -> None:
    """Wait until there is something to receive; asyncio has no call for receiving file descriptors."""
    loop = asyncio.get_running_loop()
    arrived: asyncio.Future[None] = loop.create_future()
    loop.add_reader(visitor, _set, arrived)
    try:
        await arrived
    finally:
        loop.remove_reader(visitor)


def _set(arrived: asyncio.Future[None]) -> None:
    if not arrived.done():
        arrived.set_result(None)
