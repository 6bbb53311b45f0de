"""Results as `fakeqq grade` writes them, made up for the tests of the report."""

from conformance.catalogue import CATALOGUE
from conformance.report.document import FORMAT, CheckResult, Results
from conformance.verdict import Verdict

FAILED_ID = "reconnect/op7-leaves"


def check(row_id=FAILED_ID, **fields):
    """The result of one case; a failure unless told otherwise."""
    row = CATALOGUE[row_id]
    facts = {
        "id": row_id,
        "level": row.level,
        "why": row.why,
        "verdict": Verdict.FAIL,
        "expected": "the bot leaves the connection by itself",
        "observed": "nothing of the kind within 18 s",
        **fields,
    }
    return CheckResult(
        row_id=row_id,
        title=row.title,
        happens=row.happens,
        requirement=row.requirement,
        clause=row.clause,
        fix=row.fix,
        since=row.since,
        again=f"pytest conformance -k {row_id}",
        **facts,
    )


def run_of(*checks, grade=None, left_out=()):
    """A run of these."""
    counts = {}
    for each in checks:
        counts[each.verdict.value] = counts.get(each.verdict.value, 0) + 1
    return Results(
        format=FORMAT,
        fakeqq="0.1.0",
        date="2026-11-20T12:00:00+00:00",
        requirements="2026-11",
        adapter=("python", "bot.py"),
        via="netns",
        speed=10.0,
        grade=grade,
        exit=1,
        seconds=12.5,
        counts=counts,
        checks=checks,
        left_out=left_out,
    )
