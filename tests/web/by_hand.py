"""A WebSocket without a library."""

import asyncio
import contextlib
import struct


class Raw:
    """A WebSocket spoken by hand, to see which bytes come and when TCP ends."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port, request=None):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            request
            or b"GET /websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        return cls(reader, writer)

    async def head(self):
        return (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")

    async def frame(self):
        """Opcode and payload of the next frame."""
        first, length = await self.reader.readexactly(2)
        if length == 126:
            (length,) = struct.unpack("!H", await self.reader.readexactly(2))
        return first & 0x0F, await self.reader.readexactly(length)

    def send(self, opcode, payload=b"", *, first=0x80, length=None):
        size = len(payload) if length is None else length
        head = bytes([first | opcode, 0x80 | size]) if size < 126 else (
            bytes([first | opcode, 0xFE]) + struct.pack("!H", size) if size < 65536
            else bytes([first | opcode, 0xFF]) + struct.pack("!Q", size)
        )  # fmt: skip
        self.writer.write(head + b"\0\0\0\0" + payload)

    async def close(self):
        self.writer.close()
        with contextlib.suppress(OSError):  # the server was first
            await self.writer.wait_closed()
