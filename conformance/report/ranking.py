"""Which failures to repair first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from conformance.row import Level
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sized

REPAIR_FIRST = 3
"""Failures that a report names at its head: what a person can take in at once."""

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

    What a bot must do comes before what it should. Within a level, harm is measured by how often the failure has
    bitten in public: the number of reports that the row cites.
    """
    unmet: dict[str, AnyJudged] = {}
    for check in checks:
        if check.verdict in _UNMET and check.observed:
            unmet.setdefault(check.row_id, check)
    return sorted(unmet.values(), key=lambda check: (_LEVELS.index(check.level), -len(check.why)))
