"""Waiting: for evidence in the journal, never for time to pass.

Each wait is bounded by a span of the pace, is made of short long-polls so that the death of the adapter's process
ends it early, and says what it saw instead when it fails.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from conformance.harness import pace
from conformance.harness.adapter import describe_exit
from conformance.harness.calibration import Strain
from conformance.verdict import Inconclusive, SetupFailed, Unmet
from fakeqq.launch.control import JournalTimeout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.harness.adapter import Adapter
    from conformance.harness.journal import Entry
    from conformance.harness.pace import Span
    from fakeqq.launch.control import WorldControl

    Where = Mapping[str, Any]
    Predicate = Callable[[Entry], bool]

CAUSES = {"kind": {"in": ["control", "fault", "user.said", "webhook.request"]}}
"""Entries of what is done to a bot, by the suite, the platform or its people."""

SLICE = 2.0
"""Real seconds of one long-poll; between two of them the process is looked at."""

WORTH_A_LOOK = 0.1
"""Real seconds taken from the bot that are worth another look."""

AFTERMATH = 0.5
"""Real seconds in which the last words of a process that has ended may still reach the journal."""


def any_entry(_entry: Entry) -> bool:
    """The predicate that refuses nothing."""
    return True


class Watch:
    """Waits on one world's journal."""

    def __init__(self, control: WorldControl, adapter: Adapter, speed: float, strain: Strain | None = None) -> None:
        """`strain` is what the machine takes from the bot; None: nothing."""
        self._control = control
        self._adapter = adapter
        self._speed = speed
        self._strain = strain or Strain()

    @property
    def slowness(self) -> float:
        """By what the machine's share of a span is multiplied here."""
        return self._strain.slowness

    def on(self, control: WorldControl) -> Watch:
        """The same waits on another world's journal."""
        return Watch(control, self._adapter, self._speed, self._strain)

    def occurs(self, where: Where, *, since: int, within: Span, such_that: Predicate = any_entry) -> Entry | None:
        """The first entry after `since` that matches `where` and the predicate; None when the span passes without.

        A process that has ended says nothing more, so its end ends the wait. What the machine takes from the bot
        beyond its share of the span is given back.

        Raises:
            Inconclusive: the machine took too much to say that the bot did not do it.
        """
        span = within.on(self._strain.slowness)
        mark = self._strain.mark()
        deadline = time.monotonic() + span.real(self._speed)
        given = 0.0
        cursor = since
        while True:
            remaining = deadline - time.monotonic()
            ended = self._adapter.is_started and self._adapter.exit_status() is not None
            timeout = min(remaining, AFTERMATH if ended else SLICE)
            entry = self._next(where, cursor, max(timeout, 0))
            if entry is not None:
                if such_that(entry):
                    return entry
                cursor = entry["id"]
            elif ended:
                return None
            elif remaining <= timeout:
                owed = self._strain.lost(mark) - span.machine
                if owed - given < WORTH_A_LOOK:
                    return None
                if given >= pace.GIVEN_BACK:
                    raise Inconclusive(
                        f"nothing of the kind in {time.monotonic() - mark.at:.0f} real seconds, in which server and "
                        f"bot waited {self._strain.lost(mark):.0f} s for a core of this machine",
                        expected="a machine that lets the bot run",
                    )
                owed = min(owed, pace.GIVEN_BACK)
                deadline += owed - given
                given = owed

    def passes(self, where: Where, *, since: int, during: Span, such_that: Predicate = any_entry) -> Entry | None:
        """As `occurs`, for what should not happen, or for time alone: the span is what it is on every machine."""
        deadline = time.monotonic() + during.real(self._speed)
        cursor = since
        while True:
            remaining = deadline - time.monotonic()
            ended = self._adapter.is_started and self._adapter.exit_status() is not None
            timeout = min(remaining, AFTERMATH if ended else SLICE)
            entry = self._next(where, cursor, max(timeout, 0))
            if entry is not None:
                if such_that(entry):
                    return entry
                cursor = entry["id"]
            elif ended or remaining <= timeout:
                return None

    def first(
        self, where: Where, *, since: int, within: Span, expected: str, such_that: Predicate = any_entry
    ) -> Entry:
        """As `occurs`, for what has to happen.

        Raises:
            Unmet: it did not; the observation says whether the process has ended, or how long was waited.
            SetupFailed: the command turned out not to be executable.
        """
        entry = self.occurs(where, since=since, within=within, such_that=such_that)
        if entry is None:
            raise self._missing(since, within, expected)
        return entry

    def _next(self, where: Where, since: int, timeout: float) -> Entry | None:
        try:
            found = self._control.wait(where, since=since, timeout=timeout)
        except JournalTimeout:
            return None
        entry: Entry = found[0]
        return entry

    def _missing(self, since: int, within: Span, expected: str) -> Unmet | SetupFailed:
        """What to say of a wait in vain; what had called for the missing thing is decisive."""
        cause = self._next(CAUSES, max(since - 1, 0), 0.0)
        decisive = None if cause is None else cause["id"]
        status = self._adapter.exit_status()
        if status is None:
            waited = within.adapter(self._speed)
            observed = f"nothing of the kind within {waited:.0f} s of the adapter's clock"
            return Unmet(observed, expected=expected, decisive=decisive)
        if self._adapter.could_not_run():
            return SetupFailed(f"{describe_exit(status)}: the command could not be run", expected=expected)
        return Unmet(describe_exit(status), expected=expected, decisive=decisive)
