"""Outages and interruptions: connections that end in every way, that are refused, that come back too soon or twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.journal import Login, calls, gaps
from conformance.harness.judging import only_if, presuppose, require
from conformance.harness.words.bot import GATEWAY, LOGINS, BotWords
from conformance.harness.words.platform import PlatformWords
from conformance.verdict import Blocked, Unmet
from fakeqq.wire.close_codes import CloseCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.harness.journal import Entry
    from conformance.harness.pace import Span

ONLINE = {"kind": "ws.out", "t": {"in": ["READY", "RESUMED"]}}
OPENED = {"kind": "ws.open"}
REFUSED = "connection-refused"


class OutageWords(BotWords, PlatformWords):
    """The platform goes away and returns; the bot tries, waits, comes back."""

    # What the platform does

    def platform_ends_connections(self, how: str) -> None:
        """`reset` and `drop` end TCP, with RST or without; a number is the code of a close frame."""
        self._begin()
        if how == "reset":
            self._control.reset_connections()
        elif how == "drop":
            self._control.drop()
        else:
            self._control.close(int(how))

    def platform_asks_and_closes_late(self) -> None:
        """Op 7 on every live connection; 4009 follows after a while on those that are still there."""
        self._begin()
        self._control.reconnect(then_close=CloseCode.SESSION_TIMED_OUT, after=pace.LATE_CLOSE.seconds)

    def platform_calls_sessions_resumable(self) -> None:
        """Op 9 `true` on every live connection; who does not leave is closed with 4009 after a while."""
        self._begin()
        self._control.invalidate(
            resumable=True, forget=False, then_close=CloseCode.SESSION_TIMED_OUT, after=pace.LATE_CLOSE.seconds
        )

    def platform_recycles_every(self, interval: Span | None) -> None:
        """Op 7 and 4009, so long after each login, again and again; None ends it."""
        if interval is not None:
            self._begin()
        self._control.settings(recycle_interval=None if interval is None else interval.seconds)

    def platform_lets_nobody_in(self) -> None:
        """Every connection is reset before its upgrade is answered, and the live ones end."""
        self.platform_misbehaves(
            {"name": REFUSED, "on": "connect", "nth": 1, "times": None, "do": [{"verb": "reset"}]},
        )
        self._control.drop()

    def platform_closes_after_each_login(self) -> None:
        """READY and RESUMED are sent, then close 4009; it begins with the live connections."""
        close = {"verb": "close", "code": CloseCode.SESSION_TIMED_OUT.value}
        self.platform_misbehaves(
            {"name": "quick-close", "on": "ws: READY", "nth": 1, "times": None, "do": [close]},
            {"name": "quick-close", "on": "ws: RESUMED", "nth": 1, "times": None, "do": [close]},
        )
        self._control.close(CloseCode.SESSION_TIMED_OUT)

    def trouble_ends(self) -> None:
        """No fault any more; what the bot did meanwhile still counts as its reaction."""
        self._control.faults([])

    def platform_recovers(self) -> None:
        """No fault any more; only what follows is the bot's reaction to that."""
        self._begin()
        self._control.faults([])

    def platform_allows_two_gateway_calls_a_minute(self) -> None:
        """More of them are answered with 100017."""
        self._control.settings(switches={"gateway_budget": "strict"})

    def outage_begins(self) -> None:
        """Live connections are reset, new ones refused by the kernel, those of HTTP too."""
        self._begin()
        self._control.refuse_connections(drop=True)

    def outage_lasts(self, span: Span) -> None:
        """Nobody gets through for so long.

        Raises:
            Blocked: somebody does.
            Unmet: the process ended.
        """
        entry = self._watch.passes({"kind": {"in": ["ws.open", "http.request"]}}, since=self._moment, during=span)
        presuppose(entry is None, "a time without any connection", "a connection got through the outage")
        self.is_running()

    def outage_ends(self) -> None:
        """The platform is back as if nothing had been."""
        self._begin()
        self._control.refuse_connections(False)

    # What the bot does

    def hurried_bot_is_online(self) -> None:
        """As `bot_is_online`; but a process that ends at its start is given another try.

        Time-outs of 20 s are common, and a hurried clock makes 0.2 real seconds of them: a busy machine needs that for
        one call. Many bots end when their first call fails, which other chapters judge.

        Raises:
            Blocked: it is not.
        """
        for _ in range(pace.HURRIED_STARTS - 1):
            try:
                self.bot_is_online()
            except Blocked:
                if self._adapter.exit_status() is None:
                    raise
                self._begin()
            else:
                return
        self.bot_is_online()

    def opens_connection(self) -> Entry:
        """The next connection since the last hostile act.

        Raises:
            Unmet: there is none in time.
        """
        return self._watch.first(
            OPENED, since=self._moment, within=pace.RETURNS, expected="the bot opens a new connection"
        )

    def opens_another(self, after: Entry, during: Span) -> Entry | None:
        """A connection within so long after that one; None when there is none."""
        return self._watch.passes(OPENED, since=after["id"], during=during)

    def next_refused_try(self) -> Entry:
        """The bot tries to connect, and is refused.

        Raises:
            Unmet: it does not try.
        """
        entry = self._watch.first(
            {"kind": "fault", "fault": REFUSED},
            since=self._moment,
            within=pace.RETURNS,
            expected="the bot tries again, however often it was refused",
        )
        self._moment = entry["id"]
        return entry

    def returns_from_recyclings(self, times: int) -> None:
        """Each of so many recyclings is followed by a login.

        Raises:
            Unmet: one is not.
        """
        cursor = self._moment
        for number in range(1, times + 1):
            entry = self._watch.first(
                ONLINE,
                since=cursor,
                within=pace.RETURNS,
                expected=f"online again after each of {times} recyclings; this is number {number}",
            )
            cursor = entry["id"]

    def next_login_if_any(self, during: Span) -> Login | None:
        """As `next_login`; None when there is none for so long."""
        entry = self._watch.passes(LOGINS, since=self._moment, during=during)
        if entry is None:
            return None
        self._moment = entry["id"]
        return Login.of(entry)

    def identifies_soon(self, why: str) -> None:
        """IDENTIFY is not long in coming: few RESUMEs of the dead session are before it.

        Raises:
            Unmet: there are too many.
        """
        login = self.next_login(within=pace.RETURNS)
        for _ in range(pace.LOGINS_WITH_DEAD_SESSION - 1):
            if not login.is_resume:
                return
            login = self.next_login(within=pace.RETURNS)
        wanted = f"IDENTIFY within {pace.LOGINS_WITH_DEAD_SESSION} logins {why}"
        require(not login.is_resume, wanted, login)

    def stays_online(self, during: Span) -> None:
        """No connection ends for so long.

        Raises:
            Blocked: one does.
        """
        entry = self._watch.passes({"kind": "ws.close"}, since=self._journal_end(), during=during)
        presuppose(entry is None, f"{during.seconds:.0f} s online", "the connection ended by itself")

    def gives_up(self, connection: int) -> None:
        """The bot turns away from a connection after op 7, in whatever way.

        Raises:
            NotApplicable: it stays.
        """
        try:
            self.leaves(connection, within=pace.LEAVES)
        except Unmet as finding:
            only_if(False, f"the bot never has a connection beside an old one: op 7 was ignored ({finding.observed})")

    def closes(self, connection: int, within: Span) -> None:
        """The bot closes a connection, or just ends its TCP.

        Raises:
            Unmet: it is still open.
        """
        self._watch.first(
            {"kind": "ws.close", "connection": connection, "by": "client"},
            since=self._moment,
            within=within,
            expected="the bot closes the connection that it has left",
        )

    def pause_before_next_connection(self) -> float:
        """Seconds from the end of the live connection to the next one that is opened.

        Raises:
            Unmet: there is none in time.
        """
        end = self._watch.first(
            {"kind": "ws.close"}, since=self._moment, within=pace.LEAVES, expected="the connection ends"
        )
        opened = self._watch.first(
            OPENED, since=end["id"], within=pace.RETURNS, expected="the bot opens a new connection"
        )
        return float(opened["at"] - end["at"])

    def gateway_calls_until_login(self, during: Span) -> list[Entry]:
        """Calls of the gateway endpoint since the last hostile act, until a login or for so long."""
        since = self._moment
        self._watch.passes(LOGINS, since=since, during=during)
        return self._gateway_calls(since)

    def gateway_calls(self) -> int:
        """How often the bot asked for the gateway's address since the last hostile act."""
        return len(self._gateway_calls(self._moment))

    def _gateway_calls(self, since: int) -> list[Entry]:
        return calls(self._journal.since(since), *GATEWAY)


def distinct(tries: Sequence[float]) -> list[float]:
    """One stamp for each try: a try that follows another in less than a second belongs to it.

    Some HTTP libraries (aiohttp) send a request again at once when its connection is reset.
    """
    kept: list[float] = []
    for stamp in tries:
        if not kept or stamp - kept[-1] >= pace.SAME_TRY.seconds:
            kept.append(stamp)
    return kept


def have_grown(stamps: Sequence[float]) -> bool:
    """Whether the last two pauses are clearly longer than the first two."""
    pauses = gaps(stamps)
    return len(pauses) > 2 and sum(pauses[-2:]) >= pace.BACKOFF_GROWTH * sum(pauses[:2])


def in_first(span: Span, stamps: Sequence[float]) -> int:
    """How many of these moments lie within the span that the first of them begins."""
    return sum(stamp - stamps[0] < span.seconds for stamp in stamps)


def shown(pauses: Sequence[float]) -> str:
    """Pauses, for a person."""
    return ", ".join(f"{pause:.1f} s" for pause in pauses)
