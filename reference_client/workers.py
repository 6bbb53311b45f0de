"""Handlers at work: as many at a time as are busy, and no task per event.

A task per event is a storm when a thousand events come with one replay. One task for all is a bot that stands
still when one handler hangs. So: a worker is added only when an event comes and no worker is idle, and a
worker that is done takes the next event at once.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from reference_client.log import report
from reference_client.outputs import Event, Level

Job = TypeVar("Job")

MOST_WORKERS = 500
"""Handlers that may run, or hang, at the same time; further events wait in order."""

MOST_WAITING = 10_000
"""Events that may wait; what comes then is dropped and told of. A replay holds fewer, and a bot that is so far behind
answers nobody in time: handlers hang, and what they leave unread must not grow for ever."""

IDLE_WORKERS = 16
"""Workers that stay when there is nothing to do; those of a burst go home."""


PARTING = 3.0
"""Seconds that cancelled work gets for its own end, such as the end of a stream, before it is cancelled once more."""


class Workers(Generic[Job]):
    """Runs `work` on every job that is put in."""

    def __init__(
        self, work: Callable[[Job], Awaitable[None]], turn_away: Callable[[Job], None] = lambda _: None
    ) -> None:
        """`work` must not raise; `turn_away` is told of each job that will not be done, as too many wait."""
        self._work = work
        self._turn_away = turn_away
        self._full = False
        self._jobs: deque[Job] = deque()
        self._idle: deque[asyncio.Future[None]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._leaving = False

    def put(self, job: Job) -> None:
        """Have `job` done, at once when a worker is free."""
        if len(self._jobs) >= MOST_WAITING:
            if not self._full:
                report(Level.ERROR, "events.dropped", waiting=MOST_WAITING)
            self._full = True
            self._turn_away(job)
            return
        self._full = False
        self._jobs.append(job)
        if self._idle:
            self._idle.pop().set_result(None)
        elif len(self._tasks) < MOST_WORKERS:
            task = asyncio.create_task(self._run())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Give the work in hand up to `seconds` to end, then cancel it; at most `PARTING` seconds later once more."""
        self._leaving = True
        self._jobs.clear()
        while self._idle:
            self._idle.pop().set_result(None)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for _ in range(2):
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=PARTING)
        if self._tasks:
            report(Level.WARNING, "handler.stays", count=len(self._tasks))

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            while self._jobs:
                await self._work(self._jobs.popleft())
            if self._leaving or len(self._idle) >= IDLE_WORKERS:
                return
            called = loop.create_future()
            self._idle.append(called)
            await called


async def attend(handler: Callable[[Event], Awaitable[None]], event: Event) -> None:
    """Have an event handled. Whatever the handler raises is logged, and the bot stays online.

    So is a CancelledError of the handler's own, as when it waited for a task that was cancelled.

    Raises:
        CancelledError: the worker itself is cancelled.
    """
    try:
        await handler(event)
    except (Exception, asyncio.CancelledError) as error:
        worker = asyncio.current_task()
        if isinstance(error, asyncio.CancelledError) and worker is not None and worker.cancelling():
            raise
        report(Level.ERROR, "handler.failed", t=event.type, id=event.id, problem=str(error) or type(error).__name__)
