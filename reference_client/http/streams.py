"""Sends what the stream machine decides, at its pace.

A request that is cancelled in flight leaves nobody to learn what became of it, and the next one would repeat its text
or its number. So requests are made by tasks that nobody cancels, one at a time and in order; who waits for them may go.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from types import TracebackType
from typing import Any, Self

from reference_client.answers import Answer, ApiError, Outcome, describe
from reference_client.http.api import Api
from reference_client.log import report
from reference_client.outputs import Level
from reference_client.stream import Dialect, Part, Stream, Verdict
from reference_client.workers import PARTING

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
        self._outcome: Outcome = Answer(0)
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Who cancelled it does not wait for long; the end is told all the same.
        patience = PARTING if isinstance(error, asyncio.CancelledError) else None
        ending = self._begin(self._end)
        await asyncio.wait({ending}, timeout=patience)
        if error is None:
            ending.result()

    async def write(self, text: str) -> None:
        """Add text, also when this is cancelled. It is shown soon, together with what else was written until then.

        Raises:
            ApiError: a stream had to be ended, and not all of its text is shown for certain.
        """
        if self._dialect is None:
            self._collected += text
        else:
            await self._do(partial(self._write, self._dialect, text))

    async def break_off(self) -> None:
        """End this message, before a tool's turn for example; what is written then begins another one.

        Raises:
            ApiError: what the stream does not show could not be sent by itself, either, or may be there already.
        """
        await self._do(self._end)

    async def _do(self, work: Callable[[], Awaitable[None]]) -> None:
        task = self._begin(work)
        await asyncio.wait({task})
        task.result()

    def _begin(self, work: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        return self._api.see_through(self._in_turn(work))

    async def _in_turn(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do `work` after what was asked for before."""
        try:
            async with self._turn:
                await work()
        except asyncio.CancelledError:
            # The bot ends first.
            stream, self._stream = self._stream, None
            if stream is not None:
                self._failed("stream.left_open", stream)
            raise

    async def _write(self, dialect: Dialect, text: str) -> None:
        while text:
            if self._stream is None or self._stream.too_old(self._now()):
                await self._end()
                self._stream, self._seq = Stream(dialect, self._msg_id, self._now()), None
                self._began()
            text = self._stream.write(text)
            part = self._stream.due(self._now())
            if part is not None:
                await self._send(self._stream, part)
            if text:
                await self._end()

    async def _end(self) -> None:
        stream, rest = self._stream, self._collected
        self._collected = ""
        if stream is not None:
            while (part := stream.closing()) is not None:
                await asyncio.sleep(max(0.0, stream.due_at() - self._now()))
                await self._send(stream, part)
            self._stream, rest = None, stream.rest
            self._judge(stream)
        if rest.strip():
            await self._reply(rest)

    def _judge(self, stream: Stream) -> None:
        """Count a stream that has ended, and tell of what its reader may not see."""
        if stream.rest and stream.perhaps_shown:
            self._failed("stream.uncertain", stream)
            raise ApiError("stream", self._outcome)
        if stream.left_open:
            self._failed("stream.left_open", stream)
        else:
            self._api.counts["sends"] += stream.began

    def _failed(self, event: str, stream: Stream) -> None:
        self._api.counts["sends_failed"] += 1
        report(Level.ERROR, event, msg_id=self._msg_id, unsaid=len(stream.rest))

    async def _send(self, stream: Stream, part: Part) -> None:
        if self._seq is None or stream.dialect is Dialect.CHUNKS:
            self._seq = self._api.allot(self._msg_id)
        while True:
            body: dict[str, Any] = {**part.body, "msg_seq": self._seq}
            self._outcome = await self._api.post(self._path, body, fresh=stream.fresh_connection)
            again = stream.after(part, self._outcome, self._now()) is Verdict.AGAIN
            self._api.note(self._path, self._outcome, stream.wait if again else None)
            if not again:
                return
            report(Level.WARNING, "stream.again", seconds=round(stream.wait, 2), because=describe(self._outcome))
            await asyncio.sleep(stream.wait)
            part = stream.again(part)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
