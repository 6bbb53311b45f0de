"""Which failures to repair first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from conformance.row import Level
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sized

REPAIR_FIRST = 3
"""Failures that a report names at its head: what a person can take in at once."""

CAUSE = "startup/online"
"""A bot that does not get or stay online fails or blocks nearly every other check."""

_LEVELS = list(Level)
_UNMET = frozenset({Verdict.FAIL, Verdict.WARN, Verdict.INFO, Verdict.BLOCKED, Verdict.KNOWN_FAILING})


class Judged(Protocol):
    """A case that has ended, alive (`Outcome`) or read from a file (`CheckResult`)."""

    @property
    def row_id(self) -> str: ...
    @property
    def level(self) -> Level: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def observed(self) -> str: ...
    @property
    def why(self) -> Sized: ...


AnyJudged = TypeVar("AnyJudged", bound=Judged)


def worst_first(checks: Iterable[AnyJudged]) -> list[AnyJudged]:
    """One case per row that does not hold, the most harmful first.

    A cause comes before its consequences: CAUSE before all, what failed before what was blocked by something else.
    What a bot must do comes before what it should. Within a level, harm is measured by how often the failure has
    bitten in public: the number of reports that the row cites.
    """
    unmet = sorted((check for check in checks if check.verdict in _UNMET and check.observed), key=_rank)
    first: dict[str, AnyJudged] = {}
    for check in unmet:
        first.setdefault(check.row_id, check)
    return list(first.values())


def _rank(check: Judged) -> tuple[bool, int, bool, int]:
    """Lower is to be repaired earlier."""
    blocked = check.verdict is Verdict.BLOCKED
    is_cause = check.row_id == CAUSE and check.verdict is Verdict.FAIL
    return not is_cause, _LEVELS.index(check.level), blocked, -len(check.why)
