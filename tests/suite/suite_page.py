"""docs/SINNERS.md, printed from what the matrix saw."""

import itertools

from suite_grader import CASES
from suite_sinners import all_sinners

from conformance.catalogue import CATALOGUE, ROWS
from conformance.verdict import Verdict

HEAD = """# Sinners

Who tests the tester? For every check there is at least one *sinner* in `tests/sinners/`: a bot with one fault, and
otherwise as good as the reference client. It must be found by its own check, and by no other of its chapter: a check
that nobody can fail is worth nothing, and one that fails for other faults tells the author of an adapter the wrong
thing.

Below, every sinner has run against every check of its chapter; the numbers are those of the checks. This page is
printed from `tests/sinners/matrix.json` (`make matrix`). The reference client passes every check.

**F** failed (must) · **W** warned (should) · **I** informed (advice) · `.` passed · `-` not applicable · empty: not run
"""

MARKS = {
    Verdict.FAIL: "**F**",
    Verdict.WARN: "**W**",
    Verdict.INFO: "**I**",
    Verdict.PASS: ".",
    Verdict.NOT_APPLICABLE: "-",
}
WORST = [Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.INFO, Verdict.WARN, Verdict.FAIL]
"""Of a check that runs several times, the last of these is shown."""


def page(seen):
    """The page, of sinner to case to verdict."""
    sinners = all_sinners()
    parts = [HEAD]
    for chapter, rows in itertools.groupby(ROWS, key=lambda row: row.chapter):
        members = [sinner for sinner in sinners if sinner.chapter == chapter]
        parts.append(_chapter(chapter, [row.id for row in rows], members, seen))
    return "\n".join(parts)


def _chapter(chapter, row_ids, sinners, seen):
    numbers = range(1, len(row_ids) + 1)
    lines = [f"\n## {chapter}\n"]
    lines += [f"{number}. `{row_ids[number - 1]}` ({CATALOGUE[row_ids[number - 1]].level.word})" for number in numbers]
    lines += ["", f"| sinner | {' | '.join(map(str, numbers))} |", f"|---|{'---|' * len(row_ids)}"]
    in_order = sorted(sinners, key=lambda sinner: (row_ids.index(sinner.check_id), sinner.name))
    for sinner in in_order:
        marks = [_mark(row_id, seen.get(sinner.name, {})) for row_id in row_ids]
        lines.append(f"| {sinner.name} | {' | '.join(marks)} |")
    lines += ["", *(f"* {sinner.name}: {sinner.sin}" for sinner in in_order)]
    return "\n".join(lines) + "\n"


def _mark(row_id, seen):
    found = [Verdict(verdict) for case_id, verdict in seen.items() if CASES[case_id].row.id == row_id]
    if not found:
        return ""
    worst = max(found, key=lambda verdict: WORST.index(verdict) if verdict in WORST else len(WORST))
    return MARKS.get(worst, f"**{worst.value}**")
