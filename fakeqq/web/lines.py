"""What can be wrong with a TCP connection: it is reset, it lets nothing out, it lets out one drop at a time."""

from __future__ import annotations

import os
import socket
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

# How often a dripping line lets something out, seconds. Our choice.
_DRIP_SECONDS = 0.05
# How many turns of the loop a written frame gets to reach the kernel; uvloop takes one, a peer that reads nothing all.
_TURNS = 100


def when_written(
    transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, act: Callable[[], None], turns: int = _TURNS
) -> None:
    """Act once the kernel has what was written; uvloop hands it over only at the end of a turn."""
    if turns == 0 or transport.is_closing() or transport.get_write_buffer_size() == 0:
        act()
    else:
        loop.call_soon(when_written, transport, loop, act, turns - 1)


def reset(transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
    """End the connection with RST, after what was written."""

    def end() -> None:
        handle = transport.get_extra_info("socket")
        if handle is not None and handle.fileno() >= 0:
            # uvloop's pseudo socket takes no options; a second handle of the same socket does.
            with socket.socket(fileno=os.dup(handle.fileno())) as same:
                same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()

    when_written(transport, loop, end)


class Line:
    """Stands in for a transport; everything but writing goes to the real one."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class MutedLine(Line):
    """Lets nothing out and keeps the connection open, even when the peer says goodbye."""

    def write(self, data: bytes) -> None:
        """Take it and send nothing."""

    def close(self) -> None:
        """A goodbye is something to let out too; only `abort` ends the connection."""


class DrippingLine(Line):
    """Lets out so many bytes a second; a close waits for its turn."""

    def __init__(self, transport: asyncio.Transport, bytes_per_second: float, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(transport)
        self._portion = max(1, int(bytes_per_second * _DRIP_SECONDS))
        self._pause = self._portion / bytes_per_second
        self._loop = loop
        self._waiting = bytearray()
        self._ends = False
        self._runs = False

    def write(self, data: bytes) -> None:
        self._waiting += data
        if not self._runs:
            self._runs = True
            self._drip()

    def close(self) -> None:
        self._ends = True
        if not self._runs:
            self._transport.close()

    def get_write_buffer_size(self) -> int:
        return len(self._waiting) + self._transport.get_write_buffer_size()

    def _drip(self) -> None:
        if self._transport.is_closing():
            self._waiting.clear()
        elif self._waiting:
            portion = bytes(self._waiting[: self._portion])
            del self._waiting[: self._portion]
            self._transport.write(portion)
            self._loop.call_later(self._pause, self._drip)
            return
        self._runs = False
        if self._ends:
            self._transport.close()
