"""Two runs of one adapter: what got better, what got worse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.report.document import CheckResult, Results

_RANKS = {
    Verdict.PASS: 0,
    Verdict.SURPRISE: 0,
    Verdict.INFO: 1,
    Verdict.WARN: 2,
    Verdict.FAIL: 3,
    Verdict.BLOCKED: 3,
    Verdict.KNOWN_FAILING: 3,  # a known failure counts as the failure that it is
    Verdict.SETUP_FAILED: 3,
}
"""From well to bad, where the verdict speaks of the bot; all others cannot be compared."""

_LOST = frozenset({Verdict.UNSUPPORTED, Verdict.BROKEN})
"""After a pass: the bot no longer has the feature, or nobody knows. Neither may turn CI green, and no more may a case
that was to run and did not."""


class NothingInCommonError(ValueError):
    """No case was run in both runs, so that nothing can be said."""


@dataclass(frozen=True, slots=True)
class Change:
    """One case whose verdict is another now; None where a run did not have it."""

    id: str
    before: Verdict | None
    after: Verdict | None
    observed: str

    @property
    def held(self) -> bool:
        """Whether the earlier run saw the demand met."""
        return self.before is not None and _RANKS.get(self.before) == 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed, in the order of the later run.

    Attributes:
        better: verdicts that improved.
        worse: verdicts that did not hold.
        other: changes that are neither: new and missing cases, verdicts that cannot be compared.
        left_out: cases of the earlier run that were not selected for the later one.
        same: how many cases kept their verdict.
    """

    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    other: tuple[Change, ...]
    left_out: tuple[Change, ...]
    same: int


def compare(before: Results, after: Results) -> Comparison:
    """Case by case.

    Raises:
        NothingInCommonError: no case is in both.
    """
    earlier = {check.id: check for check in before.checks}
    later = {check.id: check for check in after.checks}
    if not earlier.keys() & later.keys():
        raise NothingInCommonError("no case was run in both runs")
    better: list[Change] = []
    worse: list[Change] = []
    other: list[Change] = []
    left_out: list[Change] = []
    same = 0
    for check_id in dict.fromkeys((*later, *earlier)):
        old, new = earlier.get(check_id), later.get(check_id)
        change = Change(
            check_id,
            old.verdict if old else None,
            new.verdict if new else None,
            new.observed.partition("\n")[0] if new else "",
        )
        ranks = _rank(old), _rank(new)
        if new is None and check_id in after.left_out:
            left_out.append(change)
        elif ranks[0] == 0 and (new is None or new.verdict in _LOST):
            worse.append(change)
        elif ranks[0] is None or ranks[1] is None:
            if change.before is change.after:
                same += 1
            else:
                other.append(change)
        elif ranks[0] == ranks[1]:
            same += 1
        else:
            (better if ranks[1] < ranks[0] else worse).append(change)
    return Comparison(tuple(better), tuple(worse), tuple(other), tuple(left_out), same)


def _rank(check: CheckResult | None) -> int | None:
    return None if check is None else _RANKS.get(check.verdict)
