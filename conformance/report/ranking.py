"""Which failures to repair first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.row import Level
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.report.document import CheckResult

REPAIR_FIRST = 3
"""Failures that a report names at its head: what a person can take in at once."""

_LEVELS = list(Level)
_UNMET = frozenset({Verdict.FAIL, Verdict.WARN, Verdict.INFO, Verdict.BLOCKED, Verdict.KNOWN_FAILING})


def worst_first(checks: Iterable[CheckResult]) -> list[CheckResult]:
    """One case per row that does not hold, the most harmful first.

    What a bot must do comes before what it should. Within a level, harm is measured by how often the failure has
    bitten in public: the number of reports that the row cites.
    """
    unmet: dict[str, CheckResult] = {}
    for check in checks:
        if check.verdict in _UNMET and check.observed:
            unmet.setdefault(check.row_id, check)
    return sorted(unmet.values(), key=lambda check: (_LEVELS.index(check.level), -len(check.why)))
