"""HTTP/1.1 to one origin, as small as a bot needs it, over kept connections.

Why not one of the big clients? A reply that is sent again must know exactly what became of the first try: whether it
left at all, whether it went out on a kept connection that had died meanwhile, or whether the platform may have acted.
The big clients blur this. They also cost more than everything else in this package together: a quarter of a second
to import, and two thirds of the time of an answered event.

Parsing is httptools' (llhttp), the state of a connection is asyncio's. There are no redirects, proxies, cookies or
compressed bodies: the platform's API has none.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httptools

from reference_client.answers import Loss, NoAnswer

TIMEOUT = 15.0
"""Seconds for one exchange, dialling included. The documentation asks for at least 5: a slow send may still succeed."""

MOST_CONNECTIONS = 100
"""Connections at a time; further requests wait their turn. The platform allows 100 sends a second."""

IDLE_LIMIT = 15.0
"""Seconds after which an unused connection is not used again: servers and middleboxes drop idle ones, many after 20
seconds or more, and the next request would be the one to find out."""

LARGEST_BODY = 16 * 2**20
"""Bytes of an answer's body; the platform's largest have some kilobytes."""


@dataclass(slots=True)
class Response:
    """An answer, header names in lower case. `complete` is false when the body ended before its end."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    complete: bool = True


class _Connection(asyncio.Protocol):
    """One connection, one exchange at a time; also what the parser calls back."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Future[Response | NoAnswer] | None = None
        self._transport: asyncio.Transport | None = None
        self.reusable = False
        self.idle_since = 0.0

    def exchange(self, request: bytes) -> "asyncio.Future[Response | NoAnswer]":
        """Send a request; the future never fails."""
        self._waiting = self._loop.create_future()
        self._first_exchange, self._heard, self._decided = not self.reusable, False, False
        self.reusable = False
        self._response, self._body, self._size = Response(0), list[bytes](), 0
        self._parser = httptools.HttpResponseParser(self)
        if self._transport is None or self._transport.is_closing():
            self._end("the connection was closed meanwhile")
        else:
            self._transport.write(request)
        return self._waiting

    def close(self) -> None:
        """Let go of the connection, whatever it is doing."""
        self.reusable = False
        if self._transport is not None:
            self._transport.abort()

    # asyncio's calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._waiting is None:
            self.close()  # nobody asked
            return
        self._heard = True
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._end(f"no HTTP answer: {error}")
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.reusable = False
        self._end(str(exc) if exc is not None and str(exc) else "the server closed the connection")

    # httptools' calls

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or one of a chunked body's end."""
        self._response.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """The status is known: from here on the server has decided."""
        self._response.status = self._parser.get_status_code()
        self._decided = self._response.status >= 200

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._size += len(body)
        if self._size > LARGEST_BODY:
            self._end("the answer is too large")
            self.close()
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole."""
        if self._waiting is None:
            self.close()  # a second answer to one request
        elif self._decided:
            self.reusable = self._parser.should_keep_alive()
            self._answer(complete=True)

    def _end(self, why: str) -> None:
        """The exchange, if there is one, ends without the end of an answer."""
        if self._waiting is None:
            return
        if self._decided:
            # Without a length, the end of the connection is the end of the body.
            headers = self._response.headers
            self._answer(complete="content-length" not in headers and "transfer-encoding" not in headers)
        elif self._heard or self._first_exchange:
            self._resolve(NoAnswer(Loss.DROPPED, why))
        else:
            self._resolve(NoAnswer(Loss.STALE, why))

    def _answer(self, *, complete: bool) -> None:
        self._response.body, self._response.complete = b"".join(self._body), complete
        self._resolve(self._response)

    def _resolve(self, result: Response | NoAnswer) -> None:
        waiting, self._waiting = self._waiting, None
        self._response, self._body = Response(0), []  # what was handed out is not written to any more
        if waiting is not None and not waiting.done():
            waiting.set_result(result)


class Origin:
    """One scheme, host and port."""

    def __init__(self, url: str) -> None:
        """`url` may hold a path; requests append theirs to it.

        Raises:
            ValueError: it is no http or https address.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"not an http or https address: {url!r}")
        self._host = parts.hostname
        self._tls = parts.scheme == "https"
        self._port = parts.port or (443 if self._tls else 80)
        self._path = parts.path.rstrip("/")
        self._head = f"Host: {parts.netloc.rpartition('@')[2]}\r\n"
        self._context: ssl.SSLContext | None = None
        self._idle: list[_Connection] = []
        self._busy: set[_Connection] = set()
        self._turns = asyncio.Semaphore(MOST_CONNECTIONS)

    async def request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None, *, fresh: bool = False
    ) -> Response | NoAnswer:
        """Make one request. `fresh` does without the kept connections, as they may all be stale."""
        if fresh:
            self._close(self._idle)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        length = "" if body is None else f"Content-Length: {len(body)}\r\n"
        head = f"{method} {self._path}{path} HTTP/1.1\r\n{self._head}{lines}{length}\r\n"
        request = head.encode("latin-1") + (body or b"")
        async with self._turns:
            return await self._exchange(request)

    def close(self) -> None:
        """Let go of every connection."""
        self._close(self._idle)
        self._close(list(self._busy))

    async def _exchange(self, request: bytes) -> Response | NoAnswer:
        connection: _Connection | None = None
        try:
            async with asyncio.timeout(TIMEOUT):
                connection = self._kept() or await self._dial()
                self._busy.add(connection)
                result = await connection.exchange(request)
        except TimeoutError:
            lost = Loss.NOT_SENT if connection is None else Loss.TIMEOUT
            result = NoAnswer(lost, f"nothing within {TIMEOUT:g} s")
        except OSError as error:
            result = NoAnswer(Loss.NOT_SENT, str(error) or type(error).__name__)
        finally:
            if connection is not None:
                self._busy.discard(connection)
                self._keep(connection)
        return result

    def _kept(self) -> _Connection | None:
        now = asyncio.get_running_loop().time()
        while self._idle:
            connection = self._idle.pop()
            if connection.reusable and now - connection.idle_since < IDLE_LIMIT:
                return connection
            connection.close()
        return None

    def _keep(self, connection: _Connection) -> None:
        """Keep what can be used again; what was interrupted cannot."""
        if connection.reusable:
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle.append(connection)
        else:
            connection.close()

    async def _dial(self) -> _Connection:
        if self._tls and self._context is None:
            self._context = ssl.create_default_context()
        _, connection = await asyncio.get_running_loop().create_connection(
            _Connection, self._host, self._port, ssl=self._context, happy_eyeballs_delay=0.25
        )
        return connection

    def _close(self, connections: list[_Connection]) -> None:
        while connections:
            connections.pop().close()
