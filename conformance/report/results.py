"""The results as data: one JSON file, and the exit status."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import IntEnum
from importlib.metadata import version
from typing import TYPE_CHECKING

from conformance.catalogue import REQUIREMENTS, ROWS
from conformance.report.again import again_command
from conformance.report.document import FORMAT, CheckResult, Results
from conformance.requirements import is_newer
from conformance.verdict import Verdict, grade

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from conformance.options import Options
    from conformance.outcome import Outcome


JUNIT = "junit.xml"
"""The one file of `--report DIR` that pytest itself writes."""


class Exit(IntEnum):
    """What the run's exit status says."""

    AS_EXPECTED = 0
    UNEXPECTED_FAILURE = 1
    USAGE = 2
    STALE_KNOWN_FAILURE = 3
    ADAPTER_NEVER_CONNECTED = 4
    OUR_FAULT = 5


def exit_status(outcomes: Collection[Outcome]) -> Exit:
    """The status for these outcomes; a run that judged nothing is our user's mistake, and not a success."""
    verdicts = {outcome.verdict for outcome in outcomes}
    if not outcomes:
        return Exit.USAGE
    if Verdict.BROKEN in verdicts:
        return Exit.OUR_FAULT
    if not any(outcome.connected for outcome in outcomes):
        return Exit.ADAPTER_NEVER_CONNECTED
    if any(verdict.is_failure and verdict is not Verdict.SURPRISE for verdict in verdicts):
        return Exit.UNEXPECTED_FAILURE
    if Verdict.SURPRISE in verdicts:
        return Exit.STALE_KNOWN_FAILURE
    return Exit.AS_EXPECTED if any(verdict.counts for verdict in verdicts) else Exit.USAGE


def grade_of(outcomes: Collection[Outcome], requirements: str = REQUIREMENTS) -> str | None:
    """The letter by a requirement set; None for a run that left rows of it out, or could not tell."""
    scored = [outcome for outcome in outcomes if not is_newer(outcome.row, requirements)]
    if any(outcome.verdict is Verdict.INCONCLUSIVE for outcome in scored):
        return None
    if {outcome.row_id for outcome in scored} != {row.id for row in ROWS if not is_newer(row, requirements)}:
        return None
    return grade(outcome.graded for outcome in scored)


def why_no_grade(verdicts: Collection[Verdict]) -> str:
    """What a report says in the place of a letter."""
    if not any(verdict.counts for verdict in verdicts):
        return "no grade: nothing was judged; the bot has not the features of these checks, or they could not tell"
    if Verdict.INCONCLUSIVE in verdicts:
        return "no grade: this machine was too busy to judge everything"
    return "no grade: a part of the catalogue did not run"


def counts(outcomes: Collection[Outcome]) -> dict[str, int]:
    """How many cases ended with each verdict; those that none ended with are left out."""
    found = Counter(outcome.verdict for outcome in outcomes)
    return {verdict.value: found[verdict] for verdict in Verdict if found[verdict]}


@dataclass(frozen=True, slots=True)
class Ending:
    """What only the run itself knows.

    Attributes:
        seconds: real ones.
        date: when it ended, ISO 8601.
        status: the exit status.
        invoked_in: from where it was started.
        left_out: cases that were not selected.
    """

    seconds: float
    date: str
    status: int
    invoked_in: Path
    left_out: tuple[str, ...] = ()


def document(options: Options, outcomes: Sequence[Outcome], ending: Ending) -> Results:
    """The whole run, as `--results` writes it."""
    return Results(
        format=FORMAT,
        fakeqq=version("fakeqq"),
        date=ending.date,
        requirements=options.requirements,
        adapter=options.command.words,
        via=options.command.via.value,
        speed=options.command.speed,
        grade=grade_of(outcomes, options.requirements),
        exit=ending.status,
        seconds=round(ending.seconds, 3),
        counts=counts(outcomes),
        checks=tuple(_result(outcome, again_command(options, outcome.id, ending.invoked_in)) for outcome in outcomes),
        left_out=ending.left_out,
    )


def _result(outcome: Outcome, again: str) -> CheckResult:
    row = outcome.row
    return CheckResult(
        id=outcome.id,
        row_id=outcome.row_id,
        level=outcome.level,
        title=row.title,
        happens=row.happens,
        requirement=row.requirement,
        clause=row.clause,
        why=row.why,
        fix=row.fix,
        since=row.since,
        verdict=outcome.verdict,
        seconds=outcome.seconds,
        expected=outcome.expected,
        observed=outcome.observed,
        remarks=tuple(outcome.remarks),
        wire=tuple(outcome.wire),
        output=tuple(outcome.output),
        timeline=tuple(outcome.timeline),
        connected=outcome.connected,
        unmodelled=tuple(outcome.unmodelled),
        known=outcome.known,
        again=again,
    )


def write(path: Path, content: bytes) -> None:
    """Write the file, and its directory if it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
