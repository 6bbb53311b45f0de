"""Requirement sets: which checks a grade is made of, so that grades of different days can be compared.

A set is named by its month and frozen when it is published: a file `requirements-YEAR-MONTH.txt` beside this module
lists the ids. A row says by `since` which set first held it. Graded by an older set, newer rows run and are shown, and
do not count. `python -m conformance.requirements 2026-11` prints the list for a set that is being made.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.catalogue import REQUIREMENTS, ROWS

if TYPE_CHECKING:
    from conformance.row import CheckRow

FOLDER = Path(__file__).resolve().parent
_PREFIX = "requirements-"


class UnknownRequirementsError(LookupError):
    """No set of this name; the message lists those that there are."""


def names() -> list[str]:
    """Every set, the oldest first."""
    return sorted(path.stem.removeprefix(_PREFIX) for path in FOLDER.glob(f"{_PREFIX}*.txt"))


def ids_of(name: str) -> frozenset[str]:
    """The ids of the checks that a set holds.

    Raises:
        UnknownRequirementsError: no such set.
    """
    if name not in names():
        raise UnknownRequirementsError(f"no requirement set is called {name!r}; there are: {', '.join(names())}")
    lines = (FOLDER / f"{_PREFIX}{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def is_newer(row: CheckRow, name: str) -> bool:
    """Whether the row came after the set."""
    return row.since > name


def listed(name: str) -> str:
    """The file of a set, from the rows as they are."""
    ids = [row.id for row in ROWS if not is_newer(row, name)]
    return "\n".join([f"# The checks of requirement set {name}. Published sets do not change.", *ids]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(listed(sys.argv[1] if len(sys.argv) > 1 else REQUIREMENTS))
