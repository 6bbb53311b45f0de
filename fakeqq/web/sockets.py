"""uvicorn's protocols with three doors more: hear and send a frame without waiting, and reach the TCP socket.

ASGI cannot drop a connection without a close frame, a frame through it costs a task switch, and its task, queue and
scope weigh more than all that the platform knows of an idle bot.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol, cast

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.utils import ClientDisconnected
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
    import asyncio
    from asyncio import BaseTransport, Transport
    from typing import Any

    from uvicorn._types import ASGISendEvent

    from fakeqq.core.gateway.outputs import Output

# Keys of the ASGI scope's state: the WebSocket, the TCP transport, and the app id whose own door was used (or None).
SOCKET, TRANSPORT, DOOR = "fakeqq.socket", "fakeqq.transport", "fakeqq.door"

# Bytes waiting for a bot that does not read, after which its connection is dropped. Our choice.
_UNREAD_LIMIT = 16 * 1024 * 1024
# Bytes a bot may say before its upgrade is answered: one message of the largest size. Our choice.
_EARLY_LIMIT = int(limits.MAX_FRAME_BYTES.value)
# What a text message that is no UTF-8 costs (RFC 6455, section 8.1).
_INVALID_UTF8 = 1007


log = logging.getLogger("fakeqq")


class Listener(Protocol):
    """Who hears a socket that was handed over."""

    def heard(self, message: str | bytes) -> None:
        """One whole message."""

    def ended(self) -> None:
        """The connection is over, or will be; called once, never while something is being sent."""


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


class _Inbox:
    """Stands in for uvicorn's queue of ASGI messages, of which only the last one is left: a disconnect."""

    __slots__ = ("_has_ended", "_listener", "_loop")

    def __init__(self, listener: Listener, loop: asyncio.AbstractEventLoop) -> None:
        self._listener = listener
        self._loop = loop
        self._has_ended = False

    def heard(self, message: str | bytes) -> None:
        if not self._has_ended:
            self._listener.heard(message)

    def put_nowait(self, message: dict[str, Any]) -> None:
        if message["type"] != "websocket.disconnect":
            self.heard(message["text"] if message.get("text") is not None else message["bytes"])
        elif not self._has_ended:
            self._has_ended = True
            self._loop.call_soon(self._listener.ended)


class _Unawaited:
    """Stands in for uvicorn's event, for which only senders through ASGI wait."""

    def set(self) -> None:
        """Nobody waits."""

    def clear(self) -> None:
        """Nobody will wait."""


_UNAWAITED = _Unawaited()


class GatewaySocket(WebSocketsSansIOProtocol):
    """One WebSocket connection of a bot."""

    _inbox: _Inbox | None = None

    def hand_over(self, listener: Listener) -> None:
        """From now on `listener` hears every message at once; the ASGI call may return and leaves nothing behind."""
        waiting = self.queue
        self._inbox = _Inbox(listener, self.loop)
        self.queue = cast("asyncio.Queue[Any]", self._inbox)
        self.writable = cast("asyncio.Event", _UNAWAITED)
        del self.scope, self.request, self.response
        while not waiting.empty():
            self._inbox.put_nowait(cast("dict[str, Any]", waiting.get_nowait()))
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    def send_receive_event_to_app(self) -> None:
        """One whole message is here."""
        if self._inbox is None:
            super().send_receive_event_to_app()
            return
        data, self.frames = b"".join(self.frames), []
        if self.close_sent:
            return
        if self.curr_msg_data_type == "bytes":
            self._inbox.heard(data)
            return
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self.conn.send_close(_INVALID_UTF8)
            self.handle_parser_exception()
        else:
            self._inbox.heard(text)

    async def run_asgi(self) -> None:
        """As uvicorn's, but the connection outlives the call when the socket was handed over."""
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except BaseException:
            log.exception("a socket's call ended in a fault")
            self.send_500_response()
        if self._inbox is None and self.close_timer is None:
            self.transport.close()

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
