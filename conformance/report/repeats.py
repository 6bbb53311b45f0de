"""What a run says of itself: which checks differ from run to run, and whether the machine was fit."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.harness.calibration import Calibration
    from conformance.outcome import Outcome

_FROM_WORST = (
    Verdict.BROKEN,
    Verdict.SETUP_FAILED,
    Verdict.BLOCKED,
    Verdict.FAIL,
    Verdict.SURPRISE,
    Verdict.WARN,
    Verdict.INFO,
    Verdict.INCONCLUSIVE,
    Verdict.KNOWN_FAILING,
    Verdict.NOT_APPLICABLE,
    Verdict.UNSUPPORTED,
    Verdict.PASS,
)


def worst_of(runs: Sequence[Outcome]) -> Outcome:
    """The outcome that stands for all runs of a case; when they differ, a remark says so."""
    worst = min(runs, key=lambda outcome: _FROM_WORST.index(outcome.verdict))
    found = Counter(outcome.verdict for outcome in runs)
    if len(found) == 1:
        return worst
    told = ", ".join(f"{count} {verdict.value}" for verdict, count in found.most_common())
    return replace(worst, remarks=[f"flaky: {told} in {len(runs)} runs", *worst.remarks])


def closing(outcomes: Sequence[Outcome], calibration: Calibration) -> Iterator[str]:
    """The lines below the table that are about the measurement and not about the bot."""
    unclear = [outcome.id for outcome in outcomes if outcome.verdict is Verdict.INCONCLUSIVE]
    if calibration.slowness > 1 or unclear:
        yield f"machine: {calibration}"
    if unclear:
        yield f"inconclusive: {', '.join(unclear)}; this machine was too busy to tell, run again when it is idle"
