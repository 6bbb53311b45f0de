"""When to try again: reconnects of one shard, and session starts of the whole bot.

Reconnects climb a ladder whose steps are left only after a connection has proven itself: a socket that opens,
or a READY that is followed by a close, proves nothing. Counters zeroed too early are a public cause of bots
that identified thousands of times (satorijs/satori#363, NousResearch/hermes-agent#18172).
"""

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fakeqq.wire.limits import IDENTIFY_WINDOW

if TYPE_CHECKING:
    from random import Random

RECONNECT_STEPS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds. The first retry is prompt, the last step is a pace that can be kept up for days: an outage of an
hour must not end the bot (agentscope-ai/QwenPaw#1180), and must be over one step after the platform is
back."""

JITTER = 0.2
"""A wait is up to this fraction shorter than its step, so that the bots of one outage do not return in one
second."""

STABLE_AFTER = 30.0
"""Seconds of READY or RESUMED after which the ladder starts at its foot again. Longer than every step but the
last, shorter than the half hour between two routine reconnects."""

QUICK_DISCONNECT = 5.0
"""Seconds. Closed sooner than this after READY means: the platform took us in and threw us out."""

QUICK_DISCONNECTS = 3
"""So many of them in a row earn a pause; a bot that was reconnected too often got limited by the platform
(tencent-connect/openclaw-qqbot#18)."""

QUICK_PAUSE = 60.0
"""Seconds of that pause."""

ASKED_TO_LEAVE = (0.1, 0.3)
"""Seconds, drawn evenly, between leaving by our own decision from a working session and the next connection.
Op 7 is routine every half hour, so it climbs no ladder; the least wait keeps a server that repeats it from
being flooded."""

IDENTIFY_SPACING = IDENTIFY_WINDOW.value + 0.1
"""Seconds in which at most `max_concurrency` IDENTIFYs leave; a little more than documented, as the network
may bring two frames closer together than they left."""

UNTOLD_SPACING = 60.0
"""Seconds between two IDENTIFYs after the budget's reset while nobody tells how much it holds now: where starts are
counted over the last day, each of them comes back by itself."""


class Ladder:
    """Waits that grow step by step and stay at the last step. No step is ever the end."""

    def __init__(self, steps: Sequence[float], random: "Random") -> None:
        self._steps = steps
        self._random = random
        self.climbed = 0

    def next(self) -> float:
        """Seconds to wait now; the next call answers with the next step."""
        step = self._steps[min(self.climbed, len(self._steps) - 1)]
        self.climbed += 1
        return step * (1 - JITTER * self._random.random())

    def reset(self) -> None:
        """Start at the foot again."""
        self.climbed = 0


class Backoff:
    """The waits between the connections of one shard."""

    def __init__(self, random: "Random") -> None:
        self._random = random
        self._ladder = Ladder(RECONNECT_STEPS, random)
        self._online_since: float | None = None
        self._quick = 0

    def online(self, now: float) -> None:
        """READY or RESUMED came."""
        self._online_since = now

    def after_failure(self, now: float) -> float:
        """Seconds to wait after a connection, or an attempt at one, has failed, or a session has ended."""
        since, self._online_since = self._online_since, None
        if since is not None:
            held = now - since
            self._quick = self._quick + 1 if held < QUICK_DISCONNECT else 0
            if held >= STABLE_AFTER:
                self._ladder.reset()
        if self._quick >= QUICK_DISCONNECTS:
            self._quick = 0
            return QUICK_PAUSE
        return self._ladder.next()

    def after_leaving(self, now: float) -> float:
        """Seconds to wait after we left a working session: the platform asked for it, or it fell silent."""
        since, self._online_since = self._online_since, None
        if since is None:
            return self._ladder.next()
        if now - since >= STABLE_AFTER:
            self._ladder.reset()
            self._quick = 0
        return self._random.uniform(*ASKED_TO_LEAVE)


class SessionStarts:
    """The bot's budget of IDENTIFYs, shared by its shards: `session_start_limit` of `GET /gateway/bot`.

    A shard reserves a slot before it dials, so that no socket waits unauthenticated in a queue, and is
    admitted when it is about to send, because dialling takes uneven time. A reserved slot that came to
    nothing is released.
    """

    def __init__(self) -> None:
        self._concurrency = 1
        self._remaining: int | None = None
        self._resets_at = 0.0
        self._reserved: deque[float] = deque()
        self._sent: deque[float] = deque()
        self._outstanding = 0

    def told(self, *, remaining: int, reset_after: float, concurrency: int, now: float) -> None:
        """The platform said how much is left; `reset_after` in seconds."""
        self._remaining, self._concurrency = remaining, concurrency
        self._resets_at = now + reset_after

    def outdated(self, now: float) -> bool:
        """Whether the budget is to be asked for again: at its reset it may be full, or have room for one start only."""
        return self._remaining is not None and now >= self._resets_at

    def reserve(self, now: float) -> float:
        """The moment from which one shard may dial in order to IDENTIFY."""
        slot = max(now, self._earliest(self._reserved))
        if self._remaining is not None and self._remaining <= self._outstanding:
            slot = max(slot, self._resets_at)
        self._reserved.append(slot)
        self._outstanding += 1
        return slot

    def release(self, slot: float) -> None:
        """The reserved `slot` was not used."""
        self._outstanding -= 1
        if slot in self._reserved:
            self._reserved.remove(slot)

    def admit(self, now: float) -> float:
        """`now` when an IDENTIFY may leave now, and then it is counted; else the moment to ask again."""
        earliest = self._earliest(self._sent)
        if self._remaining is not None and self._remaining <= 0 and now < self._resets_at:
            earliest = max(earliest, self._resets_at)
        if earliest > now:
            return earliest
        self._sent.append(now)
        self._outstanding -= 1
        if self._remaining is not None:
            if self._remaining <= 0:
                self._remaining, self._resets_at = 1, now + UNTOLD_SPACING
            self._remaining -= 1
        return now

    def _earliest(self, times: deque[float]) -> float:
        """When the window that holds `times` has room for one more."""
        while len(times) > self._concurrency:
            times.popleft()
        return times[0] + IDENTIFY_SPACING if len(times) == self._concurrency else 0.0
