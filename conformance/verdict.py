"""Verdicts, and the grade that follows from them.

A check ends by returning (pass) or by raising one of the findings below. Findings are exceptions, so that a story
stops at its first broken promise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from conformance.row import Level

if TYPE_CHECKING:
    from collections.abc import Iterable


class Verdict(StrEnum):
    """How one case ended."""

    PASS = "pass"  # noqa: S105 (a verdict)
    FAIL = "fail"  # a MUST that does not hold
    WARN = "warn"  # a SHOULD that does not hold
    INFO = "info"  # advice that is not taken, or a measure
    UNSUPPORTED = "unsupported"  # a feature that the adapter does not declare, and that no probe found
    NOT_APPLICABLE = "not applicable"  # the scenario does not meet this adapter
    INCONCLUSIVE = "inconclusive"  # too late or too early, while the machine was too busy to tell whose fault it is
    BLOCKED = "blocked"  # the bot was not even well before the hostile part; counts as failure
    SETUP_FAILED = "set-up failed"  # the adapter could not be started
    BROKEN = "broken"  # our own fault
    KNOWN_FAILING = "known-failing"  # failed, and the known-failing file says so
    SURPRISE = "surprise"  # passed, though the known-failing file says it fails

    @property
    def is_failure(self) -> bool:
        """Whether the run is red because of it."""
        return self in _FAILURES

    @property
    def met(self) -> bool:
        """Whether the requirement was shown to hold."""
        return self in (Verdict.PASS, Verdict.SURPRISE)

    @property
    def counts(self) -> bool:
        """Whether the grade looks at it."""
        return self not in (Verdict.UNSUPPORTED, Verdict.NOT_APPLICABLE, Verdict.INCONCLUSIVE)


EXCUSABLE = frozenset({Verdict.FAIL, Verdict.WARN, Verdict.INFO, Verdict.BLOCKED, Verdict.KNOWN_FAILING})
"""What a known-failing file can list."""

_FAILURES = frozenset({Verdict.FAIL, Verdict.BLOCKED, Verdict.SETUP_FAILED, Verdict.BROKEN, Verdict.SURPRISE})


class Finding(Exception):  # noqa: N818 (often it is the verdict, not an error)
    """Why a check ended other than with a pass.

    Attributes:
        expected: what should have happened.
        observed: what did happen.
        decisive: the id of the journal's entry that decided, if one did.
    """

    verdict = Verdict.BROKEN

    def __init__(self, observed: str, *, expected: str = "", decisive: int | None = None) -> None:
        super().__init__(observed)
        self.expected = expected
        self.observed = observed
        self.decisive = decisive


class Unmet(Finding):
    """The bot did not do what the row requires.

    Attributes:
        off_by: where the row is about time: by how many seconds of the adapter's clock it was missed; else None.
    """

    verdict = Verdict.FAIL
    off_by: float | None = None


class Inconclusive(Finding):
    """A demand of time was missed, and this machine alone may be the reason."""

    verdict = Verdict.INCONCLUSIVE


class Blocked(Finding):
    """A prerequisite failed, so the requirement could not be put to the test."""

    verdict = Verdict.BLOCKED


class NotApplicable(Finding):
    """The scenario never met this adapter: the fault it needs had no occasion to fire."""

    verdict = Verdict.NOT_APPLICABLE


class Unsupported(Finding):
    """The bot has not what the row is about: it does not declare it, and a probe did not find it."""

    verdict = Verdict.UNSUPPORTED


class SetupFailed(Finding):
    """The adapter's process could not be started."""

    verdict = Verdict.SETUP_FAILED


class Broken(Finding):
    """Our own fault: the server died, the control API refused, a check misused a word."""

    verdict = Verdict.BROKEN


def weigh(finding: Finding, level: Level) -> Verdict:
    """The verdict of a finding on a row of this level: an unmet SHOULD warns, unmet advice informs."""
    if finding.verdict is Verdict.FAIL:
        return {Level.MUST: Verdict.FAIL, Level.SHOULD: Verdict.WARN, Level.ADVICE: Verdict.INFO}[level]
    return finding.verdict


@dataclass(frozen=True, slots=True)
class Graded:
    """What the grade needs to know of one case."""

    row_id: str
    level: Level
    verdict: Verdict


def grade(cases: Iterable[Graded]) -> str:
    """The letter: A every MUST and 90 % of SHOULD; B every MUST; C 90 % of MUST; D 75 %; F below.

    A row holds when all its cases do. A warning on a MUST row is a remark: its requirement holds. A known failure
    is still a failure here. A bot that fails `startup/online` gets an F whatever else it does.
    """
    rows: dict[str, tuple[Level, bool]] = {}
    for case in cases:
        if case.verdict.counts and case.level is not Level.ADVICE:
            held = case.verdict.met or (case.verdict is Verdict.WARN and case.level is Level.MUST)
            _, before = rows.get(case.row_id, (case.level, True))
            rows[case.row_id] = (case.level, before and held)
    musts = [held for level, held in rows.values() if level is Level.MUST]
    shoulds = [held for level, held in rows.values() if level is Level.SHOULD]
    must, should = _share(musts), _share(shoulds)
    if not musts or not rows.get("startup/online", (Level.MUST, True))[1]:
        return "F"
    if must == 1:
        return "A" if should >= 0.9 else "B"
    if must >= 0.9:
        return "C"
    return "D" if must >= 0.75 else "F"


def _share(held: list[bool]) -> float:
    return sum(held) / len(held) if held else 1.0
