"""Markdown for a CI summary: the grade, what to repair first, every chapter in one line, all that is not well."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING

from conformance.report.ranking import REPAIR_FIRST, worst_first
from conformance.report.results import why_no_grade
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.report.document import CheckResult, Results

SYMBOLS = {
    Verdict.PASS: "✅",
    Verdict.FAIL: "❌",
    Verdict.WARN: "⚠️",
    Verdict.INFO: "💡",
    Verdict.INCONCLUSIVE: "❔",
    Verdict.BLOCKED: "⛔",
    Verdict.SETUP_FAILED: "🧱",
    Verdict.BROKEN: "🧱",
    Verdict.SURPRISE: "🎉",
    Verdict.KNOWN_FAILING: "🔸",
}


def summary(run: Results) -> str:
    """The page; plain GitHub Markdown."""
    told = ", ".join(f"{count} {verdict}" for verdict, count in run.counts.items())
    lines = [
        f"## fakeqq: {f'grade {run.grade}' if run.grade else why_no_grade({check.verdict for check in run.checks})}",
        "",
        f"`{_plain(run.name)}`: {told} in {run.seconds:.0f} s. Requirements {run.requirements}, fakeqq {run.fakeqq}.",
        "",
    ]
    worst = worst_first(run.checks)[:REPAIR_FIRST]
    if worst:
        lines += ["### What to repair first", ""]
        lines += [f"1. **{check.id}**: {_plain(check.observed)}<br>{_plain(check.fix)}" for check in worst]
        lines.append("")
    lines += ["| chapter | cases | result |", "|---|---|---|"]
    for chapter, group in itertools.groupby(run.checks, key=lambda check: check.chapter):
        lines.append(_chapter(chapter, list(group)))
    if run.unmodelled:
        lines += ["", f"Not modelled by fakeqq, answered with 404: {_plain(', '.join(run.unmodelled))}."]
    unwell = [check for check in run.checks if check.verdict in SYMBOLS and check.verdict is not Verdict.PASS]
    if unwell:
        lines += ["", "<details><summary>Everything that is not well</summary>", ""]
        lines += ["| check | level | verdict | observed |", "|---|---|---|---|", *map(_row, unwell), "", "</details>"]
    return "\n".join(lines) + "\n"


def _chapter(name: str, checks: list[CheckResult]) -> str:
    found = Counter(check.verdict for check in checks)
    told = ", ".join(
        f"{SYMBOLS.get(verdict, '·')} {found[verdict]} {verdict.value}" for verdict in Verdict if found[verdict]
    )
    return f"| {name} | {len(checks)} | {told} |"


def _row(check: CheckResult) -> str:
    told = _plain(check.observed or " ".join(check.remarks))
    return f"| {check.id} | {check.level.word} | {SYMBOLS[check.verdict]} {check.verdict.value} | {told} |"


def _plain(text: str) -> str:
    """Text that a table cell cannot be broken by."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
