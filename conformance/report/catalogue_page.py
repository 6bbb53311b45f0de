"""docs/CHECKS.md, printed from the catalogue: `python -m conformance.catalogue`."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from conformance.catalogue import ROWS
from conformance.registry import all_cases

if TYPE_CHECKING:
    from conformance.row import CheckRow

HEAD = """# Checks

Every requirement that the suite grades. This page is printed from the rows in
`conformance/rows/` (`make docs`); change it there.

* **must** decides the grade; **should** warns and counts for an A; **advice** is shown only.
* "Online" means: READY or RESUMED, and then a user's message is answered.
* Each scene has a check of its own, for the bots that serve it: `dispatch/c2c`, `dispatch/group`,
  `dispatch/group-full`, `dispatch/channel`, `dispatch/dm`.
* Run one: `pytest conformance/ --adapter 'CMD' -k reconnect/op7-leaves`. Run a chapter: `-m reconnect`.
* Each check has a reference client that passes and at least one *sinner* (`tests/sinners/`) that fails it.
"""


def render() -> str:
    """The page."""
    variants: dict[str, list[str]] = {}
    for case in all_cases():
        if case.variant is not None:
            variants.setdefault(case.row.id, []).append(str(case.variant))
    parts = [HEAD]
    for chapter, rows in itertools.groupby(ROWS, key=lambda row: row.chapter):
        parts.append(f"\n## {chapter}\n")
        parts += [_section(row, variants.get(row.id, [])) for row in rows]
    return "".join(parts)


def _section(row: CheckRow, variants: list[str]) -> str:
    lines = [f"\n### {row.id}\n", f"{row.title} · **{row.level.word}** · since {row.since}\n"]
    if variants:
        lines.append(f"Runs once for each of: {', '.join(f'`[{variant}]`' for variant in variants)}.\n")
    lines += [
        f"* What happens: {row.happens}",
        f"* Required: {row.requirement}",
        f"* Rule: {row.clause}",
        f"* Seen failing: {', '.join(row.why)}",
        f"* Usual fix: {row.fix}",
    ]
    return "\n".join(lines) + "\n"
