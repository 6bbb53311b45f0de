"""A case that did not pass, told in full: what was required, what happened, where it is known, how to run it again."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.outcome import Outcome

WIDTH = 112
NOT_THE_BOTS = frozenset({Verdict.BROKEN, Verdict.SETUP_FAILED, Verdict.SURPRISE})
"""Verdicts that tell nothing of the bot's behaviour, so that clause and fix would mislead."""

_LABEL = 13


def failure_text(outcome: Outcome, again: str) -> str:
    """The block that a report shows for one case; `again` is the command that runs it once more."""
    row = outcome.row
    lines = [f"{outcome.verdict.upper()}  {outcome.id}  ({row.level.word})  {row.title}", ""]
    lines += _field("happens", row.happens)
    lines += _field("requirement", row.requirement)
    lines += _field("expected", outcome.expected)
    lines += _field("observed", outcome.observed)
    for remark in outcome.remarks:
        lines += _field("remark", remark)
    lines += _field("known", outcome.known)
    lines += _block("wire", "seconds of the adapter's clock since its start", outcome.wire)
    lines += _block("output", "the last lines that the adapter printed", outcome.output)
    lines.append("")
    if outcome.verdict not in NOT_THE_BOTS:
        lines += [*_links("clause", (row.clause,)), *_links("public bug", row.why)]
        lines += _field("usual fix", row.fix)
    lines += [f"{'run again':<{_LABEL}}{again}"]
    return "\n".join(lines)


def _field(label: str, text: str) -> list[str]:
    if not text:
        return []
    paragraphs = [wrapped for line in text.splitlines() for wrapped in textwrap.wrap(line, WIDTH - _LABEL) or [""]]
    return [f"{label if number == 0 else '':<{_LABEL}}{line}" for number, line in enumerate(paragraphs)]


def _block(label: str, title: str, lines: list[str]) -> list[str]:
    return ["", f"{label:<{_LABEL}}{title}", *(f"  {line}" for line in lines)] if lines else []


def _links(label: str, links: tuple[str, ...]) -> list[str]:
    return [f"{label if number == 0 else '':<{_LABEL}}{link}" for number, link in enumerate(links)]
