"""The pulse of one connection: when to send op 1, and when its silence means death."""

from enum import Enum, auto
from typing import Any

from fakeqq.wire.limits import HEARTBEAT_INTERVAL_MS

FALLBACK_INTERVAL = HEARTBEAT_INTERVAL_MS.value / 1000
"""Seconds, used when HELLO names no sane interval: the value that production was seen to send."""

SHORTEST_INTERVAL = 0.1
"""Seconds. Anything shorter is a flood and not a pulse: an interval of 0 became a timer storm in
QwenLM/qwen-code#5202."""

LONGEST_INTERVAL = 600.0
"""Seconds. Middleboxes drop a link that is quiet for longer, and we would learn of it three intervals
late."""

MISSED_ACKS = 2
"""Unanswered heartbeats in a row after which the connection is given up. One late ACK happens on healthy
links and must be survived (zeroclaw-labs/zeroclaw#4744); none at all for hours happens on dead ones
(NousResearch/hermes-agent#19821)."""

GRACE = 0.5
"""Fraction of an interval that the last of them is waited for."""


class Beat(Enum):
    """What a deadline of the heartbeat means."""

    WAIT = auto()
    SEND = auto()
    DEAD = auto()


def sane_interval(milliseconds: Any) -> float:
    """HELLO's `heartbeat_interval` in seconds, or the fallback when it is missing, not a number or absurd."""
    if type(milliseconds) not in {int, float}:
        return FALLBACK_INTERVAL
    # Compared in milliseconds: a JSON integer may be too large to become a float.
    if not SHORTEST_INTERVAL * 1000 <= milliseconds <= LONGEST_INTERVAL * 1000:
        return FALLBACK_INTERVAL
    return float(milliseconds) / 1000


class Heartbeat:
    """The heartbeat of one connection; a new connection gets a new one, with nothing of the old.

    The pace never depends on ACKs: a client that schedules its next heartbeat on the ACK of the last one
    falls silent when a single ACK is lost.
    """

    def __init__(self, interval: float, now: float) -> None:
        """The first beat is due at once: it proves the new link, and tells the platform what was received."""
        self.interval = interval
        self._due = now
        self._dead_at: float | None = None
        self._unanswered = 0

    def deadline(self) -> float:
        """When `tick` has something to say."""
        return self._due if self._dead_at is None else min(self._due, self._dead_at)

    def acknowledged(self) -> None:
        """Op 11 came."""
        self._unanswered = 0
        self._dead_at = None

    def tick(self, now: float) -> Beat:
        """What to do at `now`. `SEND` counts the heartbeat as sent."""
        if self._dead_at is not None and now >= self._dead_at:
            if now - self._dead_at <= GRACE * self.interval:
                return Beat.DEAD
            # We were late ourselves: the ACK may lie unread in our own buffer. Read first, judge then.
            self._dead_at = now + GRACE * self.interval
        if now < self._due:
            return Beat.WAIT
        self._due += self.interval
        if self._due <= now:
            self._due = now + self.interval
        self._unanswered += 1
        if self._unanswered >= MISSED_ACKS and self._dead_at is None:
            self._dead_at = now + GRACE * self.interval
        return Beat.SEND
