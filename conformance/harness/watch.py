"""Waiting: for evidence in the journal, never for time to pass.

Each wait is bounded by a span of the pace, is made of short long-polls so that the death of the adapter's process
ends it early, and says what it saw instead when it fails.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from conformance.harness.adapter import describe_exit
from conformance.verdict import SetupFailed, Unmet
from fakeqq.launch.control import JournalTimeout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.harness.adapter import Adapter
    from conformance.harness.journal import Entry
    from conformance.harness.pace import Span
    from fakeqq.launch.control import WorldControl

    Where = Mapping[str, Any]
    Predicate = Callable[[Entry], bool]

SLICE = 2.0
"""Real seconds of one long-poll; between two of them the process is looked at."""

AFTERMATH = 0.5
"""Real seconds in which the last words of a process that has ended may still reach the journal."""


def any_entry(_entry: Entry) -> bool:
    """The predicate that refuses nothing."""
    return True


class Watch:
    """Waits on one world's journal."""

    def __init__(self, control: WorldControl, adapter: Adapter, speed: float) -> None:
        self._control = control
        self._adapter = adapter
        self._speed = speed

    def occurs(self, where: Where, *, since: int, within: Span, such_that: Predicate = any_entry) -> Entry | None:
        """The first entry after `since` that matches `where` and the predicate; None when the span passes without.

        A process that has ended says nothing more, so its end ends the wait.
        """
        deadline = time.monotonic() + within.real(self._speed)
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
            raise self._missing(within, expected)
        return entry

    def _next(self, where: Where, since: int, timeout: float) -> Entry | None:
        try:
            found = self._control.wait(where, since=since, timeout=timeout)
        except JournalTimeout:
            return None
        entry: Entry = found[0]
        return entry

    def _missing(self, within: Span, expected: str) -> Unmet | SetupFailed:
        status = self._adapter.exit_status()
        if status is None:
            waited = within.adapter(self._speed)
            return Unmet(f"nothing of the kind within {waited:.0f} s of the adapter's clock", expected=expected)
        if self._adapter.could_not_run():
            return SetupFailed(f"{describe_exit(status)}: the command could not be run", expected=expected)
        return Unmet(describe_exit(status), expected=expected)
