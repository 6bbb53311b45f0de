"""How many checks run side by side when nobody says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.registry import all_cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from conformance.collect import CheckItem
    from conformance.options import Options
    from conformance.registry import Case

WORKERS_PER_CORE = 5
"""Checks wait most of the time. Measured on two cores with the reference client: 64 s with four per core, 60 s with
five; with more, little is won, and the starting of heavier bots crowds the clocks of those that are being judged."""


def default_workers(config: pytest.Config, chosen: Options) -> int:
    """pytest-xdist's `-n` for this run; 0 where a person wants to look into the one process."""
    option = config.option
    if chosen.hold or option.collectonly or option.usepdb or option.trace or option.capture == "no":
        return 0
    cores = os.cpu_count() or 1
    # What failed last time is usually little, and idle workers cost a second each.
    workers = min(cores if getattr(option, "lf", False) else WORKERS_PER_CORE * cores, _selected(config, chosen))
    return workers if workers > 1 else 0


def dealt(items: Sequence[CheckItem], workers: int) -> list[CheckItem]:
    """The items in the order that suits pytest-xdist, which gives each worker a run of neighbours.

    Dealt like cards, the longest first, so that no worker begins the longest check last.
    """
    sorted_items = sorted(items, key=lambda item: item.case.check.takes / item.case.check.hurry, reverse=True)
    return [item for first in range(workers) for item in sorted_items[first::workers]]


def _selected(config: pytest.Config, chosen: Options) -> int:
    """About how many cases the command line selects; more than needed does no harm, it only starts idle workers."""
    option = config.option
    return chosen.repeat * sum(
        any(_may_name(argument, case) for argument in config.args)
        and _may_mark(option.markexpr, case)
        and _may_match(option.keyword, case)
        for case in all_cases()
        if chosen.selection.wants(case)
    )


def _may_name(argument: str, case: Case) -> bool:
    """An argument is a directory, a chapter's file, or a node id."""
    place, _, name = argument.partition("::")
    return not place.endswith(".py") or (Path(place).stem == case.row.chapter and case.id.startswith(name))


def _may_mark(expression: str, case: Case) -> bool:
    """`-m`: a single marker is looked at, an expression may be anything."""
    return not expression.isidentifier() or expression in (case.row.chapter, case.row.level.word)


def _may_match(expression: str, case: Case) -> bool:
    """`-k`: the same for a single word."""
    single = expression.replace("/", "").replace("-", "").isalnum()
    return not single or expression.lower() in case.id
