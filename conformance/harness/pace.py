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

    def on(self, slowness: float) -> Span:
        """The same span on a machine that is so many times slower than ours."""
        return Span(self.seconds, self.machine * slowness, self.reason)

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
SLOWEST_HEARTBEAT = 45.0
"""Seconds: the slowest fixed interval of a released client."""

HALF_OPEN = Span(
    3 * SLOWEST_HEARTBEAT + 15,
    3,
    "three heartbeats at the slowest fixed pace seen, as another check is about HELLO's; and a good client's reconnect "
    "takes up to 15 s",
)

ACKNOWLEDGES = Span(
    3,
    5,
    "three seconds were documented for validating an address; nothing newer says how long the platform waits",
)
DELIVERY_ENDS = Span(10, 15, "longer than the platform itself waits for an acknowledgement, then it says what came")
OPENS = Span(10, 5, "a server may listen before the plug-in that knows its path has been loaded")
GLANCE = Span(0, 0.1, "between two looks at a process that says nothing to the platform")

SENDS = Span(20, 3, "an echo is immediate, and this bot has answered before")
TRIES_AGAIN = Span(15, 1, "the longest pause before another try of one message; who waits longer has given it up")
LOOPS = Span(10, 0.5, "between two tries of a loop without end; one that pauses for longer does little harm")
NEXT_PART = Span(5, 1, "parts of one answer follow each other at once; careful bots leave a second between two")
LAST_WORD = Span(30, 3, "all parts of an answer, with the pauses of a careful bot")
SIDE_BY_SIDE = Span(2, 0.1, "so long that messages said in one breath are answered side by side")

PROBE = Span(10, 2, "a bot that has just answered does what it can at once; who needs longer declares the feature")

CALLS_AGAIN = Span(90, 5, "back-off ladders seen in released adapters end at a minute; half of one more is room enough")
CALLS_AGAIN_AFTER_SILENCE = Span(
    150, 5, "a call that hangs takes a client's whole time-out first: a minute, where it is the default of its library"
)
GIVES_UP = Span(60, 3, "common libraries give a handshake 10 to 30 s; a minute is twice the most patient good client")
DIALS_AGAIN = Span(
    GIVES_UP.seconds + 60, 5, "giving up takes up to a minute, and the last step of released back-off ladders another"
)
OUTAGE = Span(60, 0, "clients that give up after a handful of tries have done so; an hour is for an outage of its own")
EXITS = Span(10, 5, "container platforms kill ten seconds after SIGTERM; a busy machine stops a process late")
CLOSES = Span(5, 2, "the end of a process ends its sockets; only the machine may be slow to say so")
QUIET = Span(15, 0, "three heartbeats of a loop that was left running, and a reconnect that was in the making")
MANY_RECONNECTS = Span(200, 5, "a hundred at the pace of a good client; slower ones show in fewer whether they grow")
SLOW_ANSWER = Span(5, 0, "half a second of real time at ten times the speed: room for twenty messages to be said")

RETURNS = Span(COMES_BACK.seconds, 5, "as to come back, for a process that runs already: only sockets are new")
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
SHARDS_ONLINE = Span(60, 10, "five seconds between two IDENTIFYs, for three shards, and the usual trouble of a start")
FINISHES = Span(15, 2, "what was replayed comes before a later message, and that one is answered already")
STAYS = Span(15, 0, "who stumbles over RESUMED leaves at once, or with the next heartbeat of his own")
RESUME_SILENCE = Span(
    240, 5, "three RESUMEs, each waited for half a minute and followed by a step of the back-off, then an IDENTIFY"
)
STREAM_SILENCE = Span(
    20, 1.5, "between two tries of one part released clients wait up to 8 s; who is silent for longer has given up"
)
STREAM_ENDS = Span(10, 1.5, "a stream is closed with the last word or a second later; nobody waits for more")
STREAM_LONGEST = Span(120, 20, "six pieces a second apart, with every retry seen; ends the wait for a bot that goes on")

BRISK_HEARTBEAT = Span(3, 1, "short, where several heartbeats have to be seen before the scene can change")
CHANGED_HEARTBEAT = Span(10, 0, "so much longer than the brisk one that a loop that kept that is told from a new one")
PATIENT_HEARTBEAT = Span(8, 0, "room for an ACK that is late by a second and more, and there before the next but one")
NEXT_BEAT = Span(50, 3, "the slowest fixed interval seen is 45 s: such a bot is late, not silent")
FLOOD = Span(10, 0, "long enough to tell a heartbeat a second from a timer without a floor")
NOT_SILENT = Span(60, 3, "a bot that falls back on a usual interval, 30 to 45 s, has shown the next heartbeat by then")
QUIET_SPELL = Span(330, 0, "half a minute more than the five minutes after which a silent channel was taken for dead")
STARTS_RENEWED = Span(40, 0, "much longer than any back-off that a bot has by chance, short enough to be waited for")
STAYS_AWAY = Span(60, 0, "a minute: bots that retry what is fatal were seen to do so every 2 to 30 s")
STREAM_LIFE = Span(
    601, 0, "streams were refused after about ten minutes; those that are never closed fall back by then"
)

# Gates: what is too early, or too late for a reason that no machine excuses.

RATE_LIMIT_PAUSE = Span(30, 0, "two calls a minute is the documented budget of /gateway, so half a minute is the least")
RATE_LIMIT_COURTESY = Span(
    59, 0, "the whole window of that budget, less a second for clocks that differ; repaired clients wait a minute"
)
IDENTIFY_PAUSE = Span(
    1, 0, "a refused IDENTIFY still spends the start limit; released bots burnt a day's budget in minutes"
)
STREAM_PAUSE = Span(
    0.9, 0, "official clients wait one second after 50002 or 429, then two, then four; less a tenth for their clocks"
)
QUICK_HEARTBEAT = Span(5, 0, "short, where a check waits for the next heartbeat only to know that the bot is settled")

RETRY_PAUSE = Span(0.8, 0, "a second, less what two clocks differ; whoever asks again sooner asks a stumbling platform")
PATIENT_PAUSE = Span(30, 0, "half a minute and more harms nobody, so such pauses need not grow")
MINUTE = Span(60, 0, "the unit in which limits of calls are told")
SESSION_LIFE = Span(3600, 0, "longer than the slowest start takes at any speed")
TOKEN_LIFE = Span(120, 0, "twice the documented overlap of 60 s: the shortest life whose end looks like a long one's")
BRIEF_TOKEN_LIFE = Span(60, 0, "the shortest life that was seen handed out, as the rest of a longer one")
SEND_RHYTHM = Span(5, 0, "often enough that some message falls between the end of a token and a late refresh")
SAME_TRY = Span(1, 0, "a library repeats a reset request within milliseconds; one try a second is a flood")
FIRST_TRIES = Span(20, 0, "ten tries in it are one each two seconds, already more than any good ladder makes")
SECOND_TIMER = Span(25, 0, "a second timer for one reconnect: the longest step seen is 5 s, after a late close")
CLIMBED = Span(10, 0, "a pause that is told from a prompt retry even on a busy machine")
PROMPT = Span(15, 1, "first steps of released ladders are 1 to 5 s; dialling and token calls come on top")
QUICK_PAUSE = Span(30, 0, "half of the minute that is asked for, so that jitter and ladders that grow to it pass")

SEND_PAUSE = Span(0.3, 0, "a limit counts by the second or the minute: who tries at once meets it again")

IDENTIFY_SPACING = Span(
    3, 0, "five seconds are documented; two frames that left so may be read closer together, offenders are at 0 to 2 s"
)
FRUGAL_PAUSE = Span(15, 0, "240 IDENTIFYs in an hour, a quarter of the thousand that the documents give for a day")

# Measures without a unit of time.

LATE_HEARTBEAT = 1.5
"""Intervals between two heartbeats, as a median, at most: the half covers a busy loop and one slow write."""

EARLY_HEARTBEAT = 1 / 3
"""Intervals between two heartbeats, on average, at least: clients that send at half the interval are fine."""

LOGINS_WITH_DEAD_SESSION = 3
"""The third login, at the latest, is IDENTIFY when RESUME is refused."""

NEW_PACE = 0.4
"""Intervals between two heartbeats after the interval has grown, on average, at least: half of it is fine, the old one
is less than a third."""

FOLLOWS_LOOSELY = 2.5
"""Intervals between two heartbeats, as a median, up to which a brisk pace is HELLO's and no fixed one."""

UNCHAINED_PACE = 0.65
"""How long the pauses after a doubled ACK are, at least, in pauses before it; a chained timer gives 0.5."""

NEARLY = 0.9
"""How much of a pause must have passed; the rest is for clocks that differ."""

LATE_ACK = 1.2
"""Intervals by which one ACK is late: the next heartbeat is sent without it, the next but one is not."""

FLOODING_BEATS = 20
"""Heartbeats in ten seconds that are a flood; a floor of one second, the lowest that was seen, gives half of them."""

FLOOD_ENDS = 300
"""Frames in a minute at which the platform ends a flood with 4008: it is proven long before, and others are served."""

DROPS_IN_A_ROW = 8
"""IDENTIFYs in which a back-off must have shown itself; a doubling one has reached a minute by then."""

BACKOFF_GROWTH = 1.5
"""How much longer two late pauses are than two early ones; a doubling back-off gives 4, a fixed one 1."""

TOKEN_CALLS_A_MINUTE = 3
"""With refused credentials: what a person who corrects the secret may wait for, and no endpoint minds."""

REFUSED_CALLS_A_MINUTE = 10
"""Of all kinds, from an address that is not allowed: a doubling ladder makes seven, a fixed five seconds thirteen."""

RECONNECTS = 100
WARM_UP_RECONNECTS = 10
"""Two days of half-hourly recycling; the first ten fill caches and pools, and what grows after them grows for ever."""

MEMORY_GROWTH = 24 * 2**20
MEMORY_GROWTH_SHARE = 0.25
"""Bytes, or this share of what the bot had before, whichever is more: garbage that waits for its collector. A TLS
context that is kept for each connection makes 50 MB and more in ninety reconnects."""

SOCKET_GROWTH = 10
"""Sockets of the process: a pool of HTTP connections may have grown; one kept for each reconnect makes ninety."""

TOKEN_RECYCLINGS = 3
"""Enough to see a call for each of them."""

STAMPEDE = 20
"""Users who speak at once when there is no token: more than any pool of connections would put in a row."""

TRIES_IN_A_BURST = 10
"""Calls or connections in `FIRST_TRIES`, at most: half a second apart, they are a flood."""

TRIES_UNTIL_GROWTH = 12
"""Refused connections after which the pauses must have grown: ladders with six even first steps exist."""

TRIES_UNTIL_CLIMBED = 6
"""Refused connections after which a ladder has climbed as far as it is going to soon."""

QUICK_DISCONNECTS = 6
"""Connections closed right after READY, at most, before a bot that is careful makes its pause."""

HURRIED_STARTS = 3
"""Tries to come online with a clock that is a hundred times too fast."""

HURRIED_MESSAGES = 3
"""Messages with such a clock, one of which has to be answered."""

RECYCLINGS = 150
"""Three days of recycling every half hour: counters that are never reset end at 100."""

RECYCLINGS_UNHURRIED = 15
"""As many as there is time for where the clock cannot be hurried: enough for counters that end at 10."""

RECONNECTS_BEYOND_BUDGET = 6
"""Reconnects within few windows of a budget of two calls each: an address asked for each time is refused."""

PARALLEL_SENDS = 4
"""Messages said in one breath to have a bot open several connections."""

LIMITED_SENDS = 4
"""Sends in a row that are refused as too many: two early pauses and two late ones."""

HOPELESS_TRIES = 3
"""Tries of a message that no try can deliver: as it is, in another form, and once more by mistake."""

HELD_UP = 2
"""Intervals without a heartbeat that tell of a loop that stood still."""

OTHERS = 20
"""Users who write while one handler hangs."""

# The machine itself.

GIVEN_BACK = 20.0
"""Real seconds, at most, by which a wait is longer than its span because server and bot stood in the queue for a core.
Who needs more is not judged."""

STAMPS = 2
"""Stamps of the journal in one length of time: each may be late by as much as the worst short wait was."""

# The last resort.

WITHOUT_PROGRESS = Span(1200, 240, "a start and half a dozen ways back, each as slow as it may be")


def deadline(takes: float) -> Span:
    """The end of a check whose own bounds failed.

    Args:
        takes: seconds of the adapter's clock that a good bot needs; slow and bad ones need up to three times as much
            where the story is long (released clients, measured), and as long as they like where it is short.
    """
    return Span(WITHOUT_PROGRESS.seconds + 3 * takes, WITHOUT_PROGRESS.machine, WITHOUT_PROGRESS.reason)
