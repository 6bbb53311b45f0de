"""The bot as a process: asked to stop, gone, quiet, started again, and what it takes from the machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.footprint import Footprint, footprint
from conformance.harness.judging import require
from conformance.harness.words.bot import BotWords
from conformance.harness.words.platform import PlatformWords
from conformance.verdict import Blocked, Unmet
from fakeqq.wire.close_codes import CloseCode

if TYPE_CHECKING:
    from conformance.harness.journal import Entry
    from conformance.harness.pace import Span

SIGNS_OF_LIFE = {"kind": {"in": ["http.request", "ws.open", "ws.in"]}}

OUTPUT_LINES = 1000
"""Lines of the bot's output in which a reason is looked for, the last."""


class ProcessWords(BotWords, PlatformWords):
    """How it ends, what it leaves behind, what it costs."""

    def bot_is_asked_to_stop(self) -> None:
        """SIGTERM."""
        self._begin()
        self._adapter.ask_to_stop()

    def has_exited(self, within: Span) -> bool:
        """Whether the process ends in this time."""
        return self._adapter.has_exited(within.on(self._watch.slowness).real(self.speed))

    def exits(self, within: Span) -> int:
        """The process ends; returns its status, minus the signal's number when a signal ended it.

        Raises:
            Unmet: it runs on.
        """
        if not self.has_exited(within):
            raise Unmet(
                f"it still runs {within.adapter(self.speed):.0f} s of its clock after SIGTERM",
                expected=f"the process ends within {within.seconds:.0f} s of SIGTERM",
            )
        status = self._adapter.exit_status()
        return 0 if status is None else status

    def exit_status(self) -> int | None:
        """The status with which it has ended; None while it runs."""
        return self._adapter.exit_status()

    def bot_is_stopped(self) -> None:
        """SIGTERM, and the end of everything that it started; however it takes that."""
        self._begin()
        self._adapter.end(pace.EXITS.on(self._watch.slowness).real(self.speed))

    def bot_is_killed(self) -> None:
        """SIGKILL, in the middle of whatever it does."""
        self._begin()
        self._adapter.kill()

    def bot_starts_again(self) -> None:
        """Another process of the same bot."""
        self._begin()
        self._adapter.start()

    def connection_ends(self, connection: int, within: Span) -> Entry:
        """The end of a connection.

        Raises:
            Unmet: it stays open.
        """
        entry = self._watch.occurs({"kind": "ws.close", "connection": connection}, since=self._moment, within=within)
        if entry is None:
            raise Unmet("it is still open", expected="the connection ends with the process")
        return entry

    def all_connections_end(self, within: Span) -> None:
        """Every connection that the platform still sees ends.

        Raises:
            Unmet: one stays open.
        """
        for connection in self._control.connections():
            self.connection_ends(connection["connection"], within)

    def sessions_live(self, life: Span) -> None:
        """So long after a disconnect a session can be resumed."""
        self._control.settings(session_lifetime=life.seconds)

    def stays_quiet(self, during: Span) -> None:
        """Nobody calls, connects or speaks for the bot any more.

        Raises:
            Unmet: somebody does.
        """
        since = self._journal_end()
        deadline = time.monotonic() + during.real(self.speed)
        sound = None
        while sound is None and time.monotonic() < deadline:
            # One look is short, because the process has ended.
            sound = self._watch.passes(SIGNS_OF_LIFE, since=since, during=during)
        told, decisive = ("", None) if sound is None else (_in_words(sound), sound["id"])
        require(sound is None, "no call and no connection after the exit", told, decisive=decisive)

    def prints_one_of(self, *words: str) -> bool:
        """Whether one of them stands in what the bot printed so far."""
        printed = self._adapter.stderr_tail(OUTPUT_LINES)
        return any(word in printed for word in words)

    def footprint(self) -> Footprint | None:
        """What the process and all that it started take; None where the system does not tell."""
        return None if self._adapter.pid is None else footprint(self._adapter.pid)

    def open_connections(self) -> int:
        """How many the platform sees."""
        return len(self._control.connections())

    def is_recycled(self) -> None:
        """Op 7 and 4009, as every half hour, and the bot is back.

        Raises:
            Unmet: it is not.
        """
        self.platform_asks_to_reconnect(then_close=CloseCode.SESSION_TIMED_OUT)
        self._watch.first(
            {"kind": "ws.out", "t": {"in": ["READY", "RESUMED"]}},
            since=self._moment,
            within=pace.COMES_BACK,
            expected="the bot logs in again: READY or RESUMED",
        )

    def reconnects(self, times: int, within: Span) -> int:
        """So many recyclings, or as many as the span has room for; returns how many.

        Raises:
            Blocked: the bot does not come back from one.
        """
        deadline = time.monotonic() + within.real(self.speed)
        for done in range(times):
            if time.monotonic() > deadline:
                return done
            try:
                self.is_recycled()
            except Unmet as finding:
                raise Blocked(
                    f"the bot did not come back from recycling {done + 1}: {finding.observed}",
                    expected=finding.expected,
                ) from finding
        return times


def _in_words(entry: Entry) -> str:
    if entry["kind"] == "http.request":
        return f"a call: {entry['method']} {entry['path']}"
    if entry["kind"] == "ws.open":
        return "a new connection"
    return f"a frame (op {entry['op']}) on connection {entry['connection']}"
