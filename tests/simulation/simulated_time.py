"""Time that jumps from one happening to the next, and coroutines that wait in it."""

import heapq
from collections import deque
from itertools import count


class StandstillError(AssertionError):
    """More happened at one moment than any sane system does."""


MOST_AT_ONE_MOMENT = 50_000


class Clock:
    """What happens when: calls in the order of their times, equals in the order they were made."""

    def __init__(self):
        self.now = 0.0
        self._queue = []
        self._order = count()

    def __len__(self):
        return len(self._queue)

    def at(self, when, call, *arguments):
        heapq.heappush(self._queue, (max(when, self.now), next(self._order), call, arguments))

    def after(self, seconds, call, *arguments):
        self.at(self.now + seconds, call, *arguments)

    def run_until(self, end, done=lambda: False):
        """Let things happen until `end`, or until `done` says that it is enough; whether it was."""
        moment, happened = self.now, 0
        while not (enough := done()) and self._queue and self._queue[0][0] <= end:
            self.now, _, call, arguments = heapq.heappop(self._queue)
            happened = happened + 1 if self.now == moment else 0
            moment = self.now
            if happened > MOST_AT_ONE_MOMENT:
                raise StandstillError(f"endless work at {self.now:.3f} s, last {call}")
            call(*arguments)
        if not enough:
            self.now = end
        return enough


class Host:
    """A machine that may stand still for a while, as a laptop does whose lid is shut; then it does all at once."""

    def __init__(self, clock):
        self.clock = clock
        self.frozen_until = 0.0
        self._held = deque()

    @property
    def now(self):
        return self.clock.now

    def freeze(self, seconds):
        self.frozen_until = max(self.frozen_until, self.now + seconds)

    def at(self, when, call, *arguments):
        self.clock.at(when, self._call, call, arguments)

    def spawn(self, coroutine, process):
        """Run a coroutine that waits for `Wait`s only, as long as its `process` is not `dead`."""
        if process.dead:
            coroutine.close()
            return
        try:
            wait = coroutine.send(None)
        except StopIteration:
            return
        wait.waiting.append(lambda: self.at(self.now, self.spawn, coroutine, process))

    def sleep(self, seconds):
        wait = Wait()
        self.at(self.now + seconds, wait.end)
        return wait

    def _call(self, call, arguments):
        if self.now >= self.frozen_until and not self._held:
            call(*arguments)
            return
        if not self._held:
            self.clock.at(self.frozen_until, self._thaw)
        self._held.append((call, arguments))

    def _thaw(self):
        """Everything that was held up, in its order; the lid may have been shut again meanwhile."""
        if self.now < self.frozen_until:
            self.clock.at(self.frozen_until, self._thaw)
            return
        while self._held:
            call, arguments = self._held[0]
            call(*arguments)
            self._held.popleft()


class Wait:
    """Something that a coroutine may await; the first end counts."""

    __slots__ = ("ended", "value", "waiting")

    def __init__(self):
        self.ended, self.value, self.waiting = False, None, []

    def end(self, value=None):
        if not self.ended:
            self.ended, self.value = True, value
            for resume in self.waiting:
                resume()

    def __await__(self):
        while not self.ended:
            yield self
        return self.value
