"""The table at the end of a run: every case by chapter, the grade, what was slow."""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.report.document import unmodelled_in
from conformance.report.ranking import REPAIR_FIRST, worst_first
from conformance.report.results import counts, grade_of, why_no_grade
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.options import Options
    from conformance.outcome import Outcome

SLOWEST = 5
"""Cases listed as the slowest."""

INDENT = "  "

OTHER_COLUMNS = 22
"""Columns of the terminal that level, seconds and the gaps take."""

STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.WARN: "yellow",
    Verdict.INFO: "cyan",
    Verdict.UNSUPPORTED: "dim",
    Verdict.NOT_APPLICABLE: "dim",
    Verdict.INCONCLUSIVE: "bold yellow",
    Verdict.BLOCKED: "bold red",
    Verdict.SETUP_FAILED: "bold magenta",
    Verdict.BROKEN: "bold magenta",
    Verdict.KNOWN_FAILING: "yellow",
    Verdict.SURPRISE: "bold red",
}


def render(options: Options, outcomes: Sequence[Outcome], seconds: float, *, color: bool, width: int) -> str:
    """The closing part of the terminal's report; `color` is False in CI and in files."""
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=color, no_color=not color, highlight=False)
    console.print(_table(outcomes, color=color, width=width), crop=False, soft_wrap=True)
    console.print(_summary(options, outcomes, seconds))
    for number, worst in enumerate(worst_first(outcomes)[:REPAIR_FIRST], start=1):
        told = f"{worst.id}: {worst.observed.partition(chr(10))[0]}"
        console.print(Text(f"repair first {number}: {told}", style="bold"), soft_wrap=True)
        console.print(Text(f"{INDENT}{worst.row.fix}"), soft_wrap=True)
    slowest = sorted(outcomes, key=lambda outcome: outcome.seconds, reverse=True)[:SLOWEST]
    console.print("slowest: " + ", ".join(f"{outcome.id} {outcome.seconds:.1f} s" for outcome in slowest), markup=False)
    unmodelled = unmodelled_in(outcomes)
    if unmodelled:
        told = f"not modelled by fakeqq, answered with 404: {', '.join(unmodelled)}"
        console.print(told, markup=False, soft_wrap=True)
    remarks = [f"{outcome.id}: {remark}" for outcome in outcomes for remark in outcome.remarks]
    for remark in remarks:
        console.print(f"remark: {remark}", markup=False)
    return out.getvalue().rstrip("\n")


def _table(outcomes: Sequence[Outcome], *, color: bool, width: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD if color else None, pad_edge=False, header_style="bold")
    widest_id = max(len(outcome.id) for outcome in outcomes) + len(INDENT)
    widest_verdict = max(len(outcome.verdict.value) for outcome in outcomes)
    table.add_column("check", no_wrap=True, min_width=widest_id)
    table.add_column("level", no_wrap=True, min_width=len("level"))
    table.add_column("verdict", no_wrap=True, min_width=max(widest_verdict, len("verdict")))
    table.add_column("seconds", no_wrap=True, min_width=len("seconds"), justify="right")
    table.add_column("observed")
    room = max(width - widest_id - widest_verdict - OTHER_COLUMNS, 0)
    chapters = itertools.groupby(outcomes, key=lambda outcome: outcome.row.chapter)
    for chapter, members in chapters:
        table.add_row(Text(chapter, style="bold"))
        for outcome in members:
            told = outcome.observed or (outcome.remarks[0] if outcome.remarks else "")
            table.add_row(
                Text(f"{INDENT}{outcome.id}"),
                outcome.level.value,
                Text(outcome.verdict.value, style=STYLES[outcome.verdict]),
                f"{outcome.seconds:.1f}",
                Text(_cut(told.partition("\n")[0], room), style="dim"),
            )
    return table


def _cut(text: str, room: int) -> str:
    """The text, or as much of it as fits; rich would narrow the columns before it."""
    return text if len(text) <= room else f"{text[: max(room - 1, 0)]}…"


def _summary(options: Options, outcomes: Sequence[Outcome], seconds: float) -> Text:
    letter = grade_of(outcomes, options.requirements)
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts(outcomes).items())
    how = f"via {options.command.via.value}, the bot's clock at x{options.command.speed:g}"
    style = "bold green" if letter in ("A", "B") else "bold red"
    missing = why_no_grade({outcome.verdict for outcome in outcomes})
    grade = Text(f"grade {letter}", style=style) if letter else Text(missing, style="dim")
    return Text.assemble(grade, f"  {told} in {seconds:.1f} s ({how})")
