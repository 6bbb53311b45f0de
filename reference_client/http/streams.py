"""Sends what the stream machine decides, at its pace."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from reference_client.answers import Answer
from reference_client.http.api import Api
from reference_client.log import report
from reference_client.outputs import Level
from reference_client.stream import Dialect, Part, Stream, Verdict

Reply = Callable[[str], Awaitable[Answer]]


class StreamWriter:
    """A text that its reader sees grow. Use it as an async context manager: its end must be told in any case."""

    def __init__(  # noqa: PLR0913 - what a stream is made of, and who hears of it
        self,
        api: Api,
        path: str,
        msg_id: str,
        dialect: Dialect | None,
        reply: Reply,
        began: Callable[[], None] = lambda: None,
    ) -> None:
        """`dialect` None collects the text and sends it once, with `reply`; `began` hears of each stream by itself."""
        self._api = api
        self._path = path
        self._msg_id = msg_id
        self._dialect = dialect
        self._reply = reply
        self._began = began
        self._collected = ""
        self._stream: Stream | None = None
        self._seq: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.break_off()

    async def write(self, text: str) -> None:
        """Add text. It is shown soon, together with what else was written until then."""
        if self._dialect is None:
            self._collected += text
            return
        while text:
            if self._stream is None or self._stream.too_old(self._now()):
                await self.break_off()
                self._stream, self._seq = Stream(self._dialect, self._msg_id, self._now()), None
                self._began()
            text = self._stream.write(text)
            part = self._stream.due(self._now())
            if part is not None:
                await self._send(self._stream, part)
            if text:
                await self.break_off()

    async def break_off(self) -> None:
        """End this message, before a tool's turn for example; what is written then begins another one.

        Raises:
            ApiError: what the stream does not show could not be sent by itself, either.
        """
        stream, self._stream = self._stream, None
        rest, self._collected = self._collected, ""
        if stream is not None:
            while (part := stream.closing()) is not None:
                await asyncio.sleep(max(0.0, stream.due_at() - self._now()))
                await self._send(stream, part)
            rest = stream.rest
            if stream.left_open:
                report(Level.ERROR, "stream.left_open", msg_id=self._msg_id)
            if rest and stream.perhaps_shown:
                report(Level.ERROR, "stream.uncertain", characters=len(rest))
                return
        if rest.strip():
            await self._reply(rest)

    async def _send(self, stream: Stream, part: Part) -> None:
        if self._seq is None or stream.dialect is Dialect.CHUNKS:
            self._seq = self._api.allot(self._msg_id)
        while True:
            body: dict[str, Any] = {**part.body, "msg_seq": self._seq}
            verdict = stream.after(part, await self._api.post(self._path, body), self._now())
            if verdict is not Verdict.AGAIN:
                return
            await asyncio.sleep(stream.wait)
            part = stream.again(part)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
