"""The platform's REST side as a raw ASGI application: no routing by framework, no model per request on the hot path."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from email.utils import formatdate
from time import time
from typing import TYPE_CHECKING, Any

from fakeqq.core.rest import exchange
from fakeqq.web import lines
from fakeqq.web.sockets import TRANSPORT
from fakeqq.wire import limits
from fakeqq.wire.hosts import WEBSOCKET_PATH

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fakeqq.core.platform import Platform
    from fakeqq.core.world import World
    from fakeqq.web.downloads import Downloads

_MAX_BODY = int(limits.MAX_BODY_BYTES.value)
# How often a dripping answer lets something out, seconds. Our choice.
_DRIP_SECONDS = 0.05

# Headers of a captured answer (https://github.com/tencent-connect/openclaw-qqbot/issues/43).
_HEADERS = [
    (b"server", b"TAPISIX/2.2.2"),
    (b"access-control-allow-credentials", b"true"),
    (
        b"access-control-allow-headers",
        (
            b"DNT,X-Mx-ReqToken,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,"
            b"Authorization,authorization"
        ),
    ),
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
]
# What is known of the front that measures bodies (a public field report).
_FRONT_HEADERS = [(b"server", b"stgw")]
# Statuses whose answers have no length (RFC 9110, 8.6).
_BODILESS = frozenset({204, 304})
# A plain GET of the gateway's path, as the real front answers it (status and text from a public field report).
_UPGRADE_WANTED = 'WebSocket protocol violation: Upgrade header "" does not contain websocket'


class Rest:
    """Answers HTTP requests with what the platform decides.

    Args:
        clock: monotonic seconds.
        flush: called after each request; what it caused may have to be sent over WebSocket.
        downloads: fetches what bots upload by URL; None where nothing is fetched.
    """

    def __init__(
        self,
        platform: Platform,
        clock: Callable[[], float],
        flush: Callable[[], None],
        downloads: Downloads | None = None,
    ) -> None:
        self._platform = platform
        self._clock = clock
        self._flush = flush
        self._downloads = downloads
        self._date = (0, b"")

    async def serve(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
        door: World | None,
    ) -> None:
        """One request."""
        path = scope["path"]
        if path.rstrip("/") == WEBSOCKET_PATH:
            await self._send(send, 426, _UPGRADE_WANTED.encode(), "text/plain", None)
            return
        try:
            body = await _read(receive)
        except ConnectionError:
            return
        if body is None:
            refused = exchange.refuse_body(self._platform, _request(scope, scope["method"], b"", door), self._clock())
            exchange.answered(self._platform, refused, self._clock())
            await self._send(
                send, refused.status, refused.body, refused.content_type, None, close=True, is_of_front=True
            )
            return
        request = _request(scope, scope["method"], body, door)
        if self._downloads is not None:
            url = exchange.url_to_fetch(self._platform, request, self._clock())
            if url is not None:
                request = replace(request, fetched=await self._downloads.fetch(url))
        reply = exchange.answer(self._platform, request, self._clock())
        self._flush()
        transport = scope["state"][TRANSPORT]
        if reply.world is not None:
            transport.get_protocol().app_id = reply.world.app_id
        if reply.delay:
            await asyncio.sleep(reply.delay / (reply.world.clock.speed if reply.world else 1.0))
        if reply.hang or reply.half_open:
            if reply.half_open:
                transport.pause_reading()
            await _until_disconnect(receive)
            exchange.answered(self._platform, reply, self._clock())
            return
        exchange.answered(self._platform, reply, self._clock())
        await self._carry_out(reply, transport, receive, send)

    async def refuse_upgrade(
        self, scope: dict[str, Any], send: Callable[[dict[str, Any]], Awaitable[None]], door: World | None
    ) -> None:
        """A WebSocket upgrade at a path where no gateway is."""
        reply = exchange.refuse_upgrade(self._platform, _request(scope, "GET", b"", door), self._clock())

        async def answer(message: dict[str, Any]) -> None:
            await send({**message, "type": f"websocket.{message['type']}"})

        exchange.answered(self._platform, reply, self._clock())
        with contextlib.suppress(OSError):  # how ASGI tells that the bot has left
            await self._send(answer, reply.status, reply.body, reply.content_type, reply.trace_id, close=True)

    async def _carry_out(
        self,
        reply: exchange.Reply,
        transport: asyncio.Transport,
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        """Send the answer, or do to the connection what a fault wants."""
        if reply.reset:
            lines.reset(transport, asyncio.get_running_loop())
            return
        if reply.disconnect:
            transport.abort()
            return
        if reply.bytes_per_second is not None and reply.world is not None:
            send = _dripping(send, reply.bytes_per_second * reply.world.clock.speed)
        await self._send(
            send, reply.status, reply.body, reply.content_type, None if reply.is_of_front else reply.trace_id,
            reply.sent_bytes, etag=reply.etag, is_of_front=reply.is_of_front,
        )  # fmt: skip
        if reply.stalls:
            await _until_disconnect(receive)
        elif reply.sent_bytes is not None:
            transport.close()

    async def _send(  # noqa: PLR0913 - the parts of an HTTP answer
        self,
        send: Callable[[dict[str, Any]], Awaitable[None]],
        status: int,
        body: bytes,
        content_type: str,
        trace_id: str | None,
        sent_bytes: int | None = None,
        *,
        close: bool = False,
        etag: str | None = None,
        is_of_front: bool = False,
    ) -> None:
        headers = [
            (b"date", self._http_date()),
            (b"content-type", content_type.encode("latin-1", "replace")),
            *(_FRONT_HEADERS if is_of_front else _HEADERS),
        ]
        if status in _BODILESS:
            body = b""
        else:
            headers.append((b"content-length", b"%d" % len(body)))
        if trace_id is not None:
            headers.append((b"x-tps-trace-id", trace_id.encode()))
        if etag is not None:
            headers.append((b"etag", etag.encode()))
        headers.append((b"connection", b"close" if close else b"keep-alive"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        whole = sent_bytes is None
        part = body if whole else body[:sent_bytes]
        await send({"type": "http.response.body", "body": part, "more_body": not whole})

    def _http_date(self) -> bytes:
        """The Date header, formatted once a second."""
        second = int(time())
        if self._date[0] != second:
            self._date = (second, formatdate(second, usegmt=True).encode())
        return self._date[1]


def _request(scope: dict[str, Any], method: str, body: bytes, door: World | None) -> exchange.Request:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return exchange.Request(
        method,
        scope["path"],
        scope["query_string"].decode("latin-1"),
        headers,
        body,
        _origin(scope, headers),
        door,
        scope["client"][0] if scope.get("client") else "",
    )


async def _read(receive: Callable[[], Awaitable[dict[str, Any]]]) -> bytes | None:
    """The whole body, or None when it is over the bound.

    Raises:
        ConnectionError: the client left before the request was whole.
    """
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionAbortedError
        part = message.get("body", b"")
        size += len(part)
        if size > _MAX_BODY:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _dripping(
    send: Callable[[dict[str, Any]], Awaitable[None]], bytes_per_second: float
) -> Callable[[dict[str, Any]], Awaitable[None]]:
    """A `send` that lets the body out in small portions."""
    portion = max(1, int(bytes_per_second * _DRIP_SECONDS))

    async def drip(message: dict[str, Any]) -> None:
        body = message.get("body", b"")
        while len(body) > portion:
            await send({"type": "http.response.body", "body": body[:portion], "more_body": True})
            await asyncio.sleep(portion / bytes_per_second)
            body = body[portion:]
        await send({**message, "body": body} if message["type"] == "http.response.body" else message)

    return drip


async def _until_disconnect(receive: Callable[[], Awaitable[dict[str, Any]]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _origin(scope: dict[str, Any], headers: dict[str, str]) -> str:
    """`ws://` or `wss://` and the authority by which the client came, so that it finds the gateway the same way."""
    scheme = "wss" if scope["scheme"] in ("https", "wss") else "ws"
    host = headers.get("host")
    if not host:
        address, port = scope["server"]
        host = f"{address}:{port}"
    return f"{scheme}://{host}"
