"""How many checks run side by side when nobody says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from conformance.registry import all_cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from conformance.collect import CheckItem

WORKERS_PER_CORE = 4
"""Checks wait most of the time. Measured on two cores: beyond four per core, the starting of processes crowds the
clocks of the bots that are being judged."""


def default_workers(config: pytest.Config) -> int:
    """pytest-xdist's `-n` for this run; 0 where a person wants to look into the one process."""
    option = config.option
    if option.collectonly or option.usepdb or option.trace or option.capture == "no":
        return 0
    workers = min(WORKERS_PER_CORE * (os.cpu_count() or 1), _selected(config))
    return workers if workers > 1 else 0


def dealt(items: Sequence[CheckItem], workers: int) -> list[CheckItem]:
    """The items in the order that suits pytest-xdist, which gives each worker a run of neighbours.

    Dealt like cards, the longest first, so that no worker begins the longest check last.
    """
    sorted_items = sorted(items, key=lambda item: item.case.check.takes, reverse=True)
    return [item for first in range(workers) for item in sorted_items[first::workers]]


def _selected(config: pytest.Config) -> int:
    """About how many cases the command line selects; more than needed does no harm, it only starts idle workers."""
    ids = [case.id for case in all_cases()]
    named = [argument.partition("::")[2] for argument in config.args if "::" in argument]
    if named and len(named) == len(config.args):
        ids = [case_id for case_id in ids if any(case_id.startswith(name) for name in named)]
    keyword = config.option.keyword.lower()
    if keyword and keyword.replace("/", "").replace("-", "").isalnum():
        ids = [case_id for case_id in ids if keyword in case_id]
    return len(ids)
