"""report.html: one file that opens from disk, on any screen, without a network; and the matrix of several runs.

The pages are Jinja templates in `pages/`; style and script are put into them, so that nothing has to be fetched.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.report.ranking import REPAIR_FIRST, worst_first
from conformance.report.results import why_no_grade
from conformance.report.templates import asset, template
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.report.document import CheckResult, Results

_GOOD = frozenset({Verdict.PASS})
_BAD = frozenset({Verdict.FAIL, Verdict.BLOCKED, Verdict.SETUP_FAILED, Verdict.BROKEN, Verdict.SURPRISE})
_ODD = frozenset({Verdict.WARN, Verdict.INFO, Verdict.KNOWN_FAILING})


def tone(verdict: str) -> str:
    """The CSS class of a verdict."""
    found = Verdict(verdict)
    if found in _GOOD:
        return "good"
    if found in _BAD:
        return "bad"
    return "odd" if found in _ODD else "none"


def grade_tone(grade: str | None) -> str:
    """The CSS class of a grade."""
    return {"A": "good", "B": "good", "C": "odd", "D": "bad", "F": "bad"}.get(grade or "", "none")


def report_page(run: Results) -> str:
    """The page of one run."""
    return template("report.html").render(
        style=asset("style.css"),
        tone=tone,
        grade_tone=grade_tone,
        run=run,
        missing=why_no_grade({check.verdict for check in run.checks}),
        worst=worst_first(run.checks)[:REPAIR_FIRST],
        chapters=_by_chapter(run.checks),
        script=asset("filter.js"),
        words=_words,
        told=_told,
        ends_undecided=_ends_undecided,
    )


@dataclass(frozen=True, slots=True)
class Column:
    """One adapter of a matrix: its name there, and its run."""

    label: str
    results: Results


def matrix_page(columns: Sequence[Column]) -> str:
    """The page of several runs side by side."""
    return template("matrix.html").render(
        style=asset("style.css"),
        tone=tone,
        grade_tone=grade_tone,
        columns=columns,
        chapters=list(matrix_rows(columns)),
    )


def matrix_rows(columns: Sequence[Column]) -> Iterator[tuple[str, list[tuple[str, list[CheckResult | None]]]]]:
    """Chapter by chapter, every case that any run has, with each run's result or None."""
    runs = [{check.id: check for check in column.results.checks} for column in columns]
    every: dict[str, CheckResult] = {}
    for run in runs:
        every = {**run, **every}
    ordered = sorted(
        every.values(), key=lambda check: list(dict.fromkeys(c.chapter for c in every.values())).index(check.chapter)
    )
    for chapter, checks in itertools.groupby(ordered, key=lambda check: check.chapter):
        yield chapter, [(check.id, [run.get(check.id) for run in runs]) for check in checks]


def _by_chapter(checks: Iterable[CheckResult]) -> list[tuple[str, list[CheckResult]]]:
    return [(name, list(group)) for name, group in itertools.groupby(checks, key=lambda check: check.chapter)]


def _told(check: CheckResult) -> str:
    return (check.observed or (check.remarks[0] if check.remarks else "")).partition("\n")[0]


def _words(check: CheckResult) -> str:
    """What the filter looks through."""
    return f"{check.id} {check.title} {check.requirement} {check.observed} {check.verdict.value}".lower()


def _ends_undecided(check: CheckResult) -> bool:
    """Whether the drawing closes with what did not happen, because no entry decided."""
    return check.verdict not in _GOOD and bool(check.observed) and not any(step.decisive for step in check.timeline)
