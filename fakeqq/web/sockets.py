"""uvicorn's protocols with two doors more: send a frame without waiting, and reach the TCP socket.

ASGI cannot drop a connection without a close frame, and a send through it costs a task switch per frame. Both are
needed here: the first is the platform's commonest failure, the second is the dispatch path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.protocol import State

from fakeqq.core.gateway.outputs import (
    CloseSocket,
    CutFrame,
    DropSocket,
    ResetSocket,
    SendText,
    StopReading,
    StopSending,
)
from fakeqq.web import lines
from fakeqq.wire import limits

if TYPE_CHECKING:
    from asyncio import BaseTransport, Transport

    from uvicorn._types import ASGISendEvent

    from fakeqq.core.gateway.outputs import Output

# Keys of the ASGI scope's state: the WebSocket, the TCP transport, and the app id whose own door was used (or None).
SOCKET, TRANSPORT, DOOR = "fakeqq.socket", "fakeqq.transport", "fakeqq.door"

# Bytes waiting for a bot that does not read, after which its connection is dropped. Our choice.
_UNREAD_LIMIT = 16 * 1024 * 1024
# Bytes a bot may say before its upgrade is answered: one message of the largest size. Our choice.
_EARLY_LIMIT = int(limits.MAX_FRAME_BYTES.value)


class HttpConnection(HttpToolsProtocol):
    """One HTTP connection; the application can reach its transport to cut it.

    Attributes:
        app_id: whose request was the last one here; "" before any, and for the control API.
        stale: it is dead, and the peer will learn it when it next speaks.
    """

    app_id = ""
    stale = False

    @property
    def is_idle(self) -> bool:
        """Whether it is kept open between two requests: only then does uvicorn's keep-alive timer run."""
        return self.timeout_keep_alive_task is not None and not self.transport.is_closing()

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        self.app_state = {**self.app_state, TRANSPORT: transport}
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """As uvicorn's, but what came behind an upgrade in the same packet goes to the WebSocket and is not lost."""
        self._unset_keepalive_if_required()
        if self.stale:
            self.transport.close()
            return
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            if not self._should_upgrade():
                self._unsupported_upgrade_warning()
                return
            self.handle_websocket_upgrade()
            (size,) = upgrade.args
            socket = self.transport.get_protocol()
            if size < len(data) and isinstance(socket, GatewaySocket):
                socket.data_received(data[size:])
        except HttpParserError:
            self.send_400_response("Invalid HTTP request received.")


class GatewaySocket(WebSocketsSansIOProtocol):
    """One WebSocket connection of a bot."""

    def connection_made(self, transport: BaseTransport) -> None:
        self._early = bytearray()
        self.app_state = {**self.app_state, SOCKET: self}
        super().connection_made(transport)

    def perform(self, output: Output, speed: float) -> None:
        """Do what the platform wants done.

        Args:
            speed: world seconds per real second.
        """
        match output:
            case SendText():
                self.send_now(output.text)
            case CloseSocket():
                self.close_now(output.code, output.reason)
            case DropSocket():
                self.drop()
            case ResetSocket():
                self.close_sent = True
                lines.reset(self.transport, self.loop)
            case CutFrame():
                self._cut(output.text, output.size)
            case StopReading():
                self._stop_reading()
            case StopSending():
                self._stand_in(lines.MutedLine(self.transport))
            case _:
                self._stand_in(lines.DrippingLine(self.transport, output.bytes_per_second * speed, self.loop))

    def send_now(self, text: str) -> None:
        """Send a text frame; after the end of the connection, nothing."""
        if self.close_sent or self.disconnected or self.conn.state is not State.OPEN or self.transport.is_closing():
            return
        self.transport.write(_text_frame(text.encode()))
        if self.transport.get_write_buffer_size() > _UNREAD_LIMIT:
            self.drop()

    def _cut(self, text: str, size: int) -> None:
        """The first bytes of a frame, then the end of TCP."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        try:
            self.conn.send_text(text.encode())
        except InvalidState:
            return
        self.close_sent = True
        self.transport.write(b"".join(self.conn.data_to_send())[:size])
        self.transport.close()

    def _stop_reading(self) -> None:
        self.transport.pause_reading()
        # uvicorn resumes only what it has paused itself.
        self.read_paused = False

    def _stand_in(self, line: lines.Line) -> None:
        """From now on write through this line; it has a transport's attributes by delegation."""
        self.transport = cast("Transport", line)

    def close_now(self, code: int, reason: str) -> None:
        """Send a close frame and wait for the bot's own before TCP goes: aiohttp reads 1006 otherwise."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        try:
            self.conn.send_close(code, reason)
        except InvalidState:
            return
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.close)

    def drop(self) -> None:
        """Close the TCP connection without a close frame, after what was said before."""
        self.close_sent = True
        lines.when_written(self.transport, self.loop, self.transport.abort)

    def ending(self) -> tuple[int | None, str, bool]:
        """How the connection ended: close code and reason, None where no close frame was; whether the bot ended it."""
        received, sent = self.conn.close_rcvd, self.conn.close_sent
        if received is not None and not self.close_sent:
            return received.code, received.reason, True
        if sent is not None and self.close_sent:
            return sent.code, sent.reason, False
        return None, "", not self.close_sent

    def data_received(self, data: bytes) -> None:
        """Hear the bot; refuse an upgrade that cannot be read, for which uvicorn has no case.

        Some bots do not wait for the answer to their upgrade (botgo identifies without reading HELLO). What they say
        is kept until then: answers to it must not overtake that one.
        """
        if self.handshake_initiated and not self.handshake_complete:
            self._early += data
            if len(self._early) > _EARLY_LIMIT:
                self._early.clear()
                self.drop()
            return
        super().data_received(data)
        if not self.handshake_initiated and self.conn.handshake_exc is not None and not self.close_sent:
            self.close_sent = True
            self.transport.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            self.transport.close()

    def shutdown(self) -> None:
        """The server stops: say goodbye, unless the bot was first."""
        try:
            super().shutdown()
        except InvalidState:
            self.transport.close()
        else:
            self.close_sent = self.close_sent or self.handshake_complete

    async def send(self, message: ASGISendEvent) -> None:
        if self.close_sent and message["type"] == "websocket.close":
            return
        await super().send(message)
        if self._early and self.handshake_complete:
            early, self._early = bytes(self._early), bytearray()
            self.data_received(early)


def _text_frame(payload: bytes) -> bytes:
    """An unmasked, unfragmented text frame (RFC 6455 §5.2): a frame object would cost a third of the dispatch path."""
    size = len(payload)
    if size < 126:
        return b"\x81" + size.to_bytes(1, "big") + payload
    if size < 1 << 16:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload
