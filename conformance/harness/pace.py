"""Every tolerance of the suite: named, in seconds of the adapter's time, with its reason.

Two clocks run during a grade. The *adapter's* clock is what the bot believes: it runs `speed` times faster than the
real one when the child is started under libfaketime, and the world's clock is set to the same speed, so that the
`at` stamps of the journal are the adapter's time. The *real* clock is what processes need to start and sockets need
to carry bytes; no speed shortens it. Each span therefore has two parts: seconds of the adapter, divided by the speed,
and real seconds for the machine, which are not.

What is gated is "too early". Lateness is given generous room: a limit that a busy machine can break grades the
machine.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time that a check waits for or compares with.

    Attributes:
        seconds: of the adapter's clock.
        machine: real seconds granted on top, for process start and scheduling.
        reason: why this number.
    """

    seconds: float
    machine: float
    reason: str

    def real(self, speed: float) -> float:
        """Real seconds at this speed."""
        return self.seconds / speed + self.machine

    def adapter(self, speed: float) -> float:
        """Seconds of the adapter's clock at this speed, the machine's share included."""
        return self.seconds + self.machine * speed

    def times(self, factor: float) -> Span:
        """The same span, its adapter's share multiplied."""
        return Span(self.seconds * factor, self.machine, self.reason)


# Positive waits: how long something may take that is bound to come. A healthy bot never uses them up.

STARTS = Span(60, 45, "the slowest adapter seen (a Node framework, cold) needs 12 s of real time to its first login")
COMES_BACK = Span(
    180, 20, "back-off ladders seen in released adapters end at 60 s; two full steps and a slow start must fit"
)
ASKS_AGAIN = Span(300, 10, "after a rate limit a bot may well wait several minutes; the check only gates haste")
ANSWERS = Span(30, 15, "an echo is immediate; a framework that was just started may still be loading its plug-ins")
LEAVES = Span(15, 3, "the close that normally follows op 7 comes at once; three seconds is the slowest good client")
LEAVES_REFUSED = Span(
    20, 3, "a careful bot waits up to five seconds for the close code before it leaves a refused socket"
)
AWAY = Span(
    2,
    0.6,
    "the next connection is held this long, so that users can speak before the fastest bot is back; below the ten "
    "seconds after which common WebSocket libraries give up",
)
SETTLES = Span(45, 3, "the next heartbeat: the slowest fixed interval seen is 41.25 s")

HEARTBEAT_INTERVAL = Span(
    13, 0, "nobody's default, and 1.5 of it is far below the fixed 30 s, 41.25 s and 45 s of released clients"
)
MISSING_HEARTBEAT = Span(
    4 * HEARTBEAT_INTERVAL.seconds,
    3,
    "longer than any fixed interval of released clients: such a bot is late, not dead",
)
HALF_OPEN = Span(
    4 * HEARTBEAT_INTERVAL.seconds + 15,
    3,
    "the first heartbeat without an ACK is up to one interval away, three more may pass, and a good client's "
    "reconnect takes up to 15 s",
)

PROBE = Span(10, 2, "a bot that has just answered does what it can at once; who needs longer declares the feature")

LATE_CLOSE = Span(
    10, 0, "a close that comes so long after op 7 finds a good client on its next connection, and frees one that waits"
)
OLD_SOCKET_CLOSED = Span(20, 3, "common WebSocket libraries wait up to ten seconds for the other side's close frame")
RETURNS_ALONE = Span(60, 5, "the slowest ladder seen begins with 5 s; who waits for other shards never returns")
ENDPOINT_DOWN = Span(20, 0, "long enough to tell a burst of calls from a patient retry")
HEALTHY_SPELL = Span(90, 0, "repaired clients trust a connection after 30 to 60 s; ladders must be back at their foot")
RECYCLED_EVERY = Span(
    8, 0, "above the five seconds in which a disconnect counts as quick: these are routine and earn no pause"
)
LONG_OUTAGE = Span(3600, 0, "an hour; attempt counters of released clients were seen to end between 2 and 30 minutes")
SHORT_OUTAGE = Span(120, 0, "where the clock cannot be hurried; enough for counters that end at ten quick attempts")
ONE_CAP = Span(300, 5, "a bot that is silent for five minutes after an outage is restarted by its owner")
RESUME_SILENCE = Span(
    240, 5, "three RESUMEs, each waited for half a minute and followed by a step of the back-off, then an IDENTIFY"
)

# Gates: what is too early, or too late for a reason that no machine excuses.

RATE_LIMIT_PAUSE = Span(30, 0, "two calls a minute is the documented budget of /gateway, so half a minute is the least")
RATE_LIMIT_COURTESY = Span(
    59, 0, "the whole window of that budget, less a second for clocks that differ; repaired clients wait a minute"
)
IDENTIFY_PAUSE = Span(
    1, 0, "a refused IDENTIFY still spends the start limit; released bots burnt a day's budget in minutes"
)
QUICK_HEARTBEAT = Span(5, 0, "short, where a check waits for the next heartbeat only to know that the bot is settled")
FIRST_TRIES = Span(20, 0, "ten tries in it are one each two seconds, already more than any good ladder makes")
SECOND_TIMER = Span(25, 0, "a second timer for one reconnect: the longest step seen is 5 s, after a late close")
CLIMBED = Span(10, 0, "a pause that is told from a prompt retry even on a busy machine")
PROMPT = Span(15, 1, "first steps of released ladders are 1 to 5 s; dialling and token calls come on top")
QUICK_PAUSE = Span(30, 0, "half of the minute that is asked for, so that jitter and ladders that grow to it pass")

# Measures without a unit of time.

LATE_HEARTBEAT = 1.5
"""Intervals between two heartbeats, as a median, at most: the half covers a busy loop and one slow write."""

EARLY_HEARTBEAT = 1 / 3
"""Intervals between two heartbeats, on average, at least: clients that send at half the interval are fine."""

LOGINS_WITH_DEAD_SESSION = 3
"""The third login, at the latest, is IDENTIFY when RESUME is refused."""

BACKOFF_GROWTH = 1.5
"""How much longer two late pauses are than two early ones; a doubling back-off gives 4, a fixed one 1."""

TRIES_IN_A_BURST = 10
"""Calls or connections in `FIRST_TRIES`, at most: half a second apart, they are a flood."""

TRIES_UNTIL_GROWTH = 12
"""Refused connections after which the pauses must have grown: ladders with six even first steps exist."""

TRIES_UNTIL_CLIMBED = 6
"""Refused connections after which a ladder has climbed as far as it is going to soon."""

QUICK_DISCONNECTS = 6
"""Connections closed right after READY, at most, before a bot that is careful makes its pause."""

RECYCLINGS = 150
"""Three days of recycling every half hour: counters that are never reset end at 100."""

RECYCLINGS_UNHURRIED = 15
"""As many as there is time for where the clock cannot be hurried: enough for counters that end at 10."""

RECONNECTS_BEYOND_BUDGET = 6
"""Reconnects within few windows of a budget of two calls each: an address asked for each time is refused."""

# The last resort.

BACKSTOP = Span(1800, 240, "nothing takes this long; it ends a check whose own bounds failed")
