"""The functions that judge: `@check("chapter/slug")` ties one to its row of the catalogue."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import conformance.checks
from conformance.catalogue import check_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.row import CheckRow

    Judge = Callable[..., None]
    Variant = str | int | None

USUAL_SECONDS = 10.0
"""A login, a little hostility, another login."""

_CHECKS: dict[str, Check] = {}


@dataclass(frozen=True, slots=True)
class Check:
    """A row and the function that judges it.

    Attributes:
        variants: the arguments it is run with, one run each.
        takes: about how many seconds of the adapter's clock a good bot needs.
        hurry: how many times faster than in other checks that clock runs, where it can be made faster at all.
    """

    row: CheckRow
    judge: Judge
    variants: tuple[Variant, ...]
    takes: float
    hurry: float = 1.0


@dataclass(frozen=True, slots=True)
class Case:
    """One run of a check: the check, and the variant if it has any."""

    check: Check
    variant: Variant = None

    @property
    def id(self) -> str:
        """`chapter/slug`, or `chapter/slug[variant]`."""
        return self.check.row.id if self.variant is None else f"{self.check.row.id}[{self.variant}]"

    @property
    def row(self) -> CheckRow:
        """The row of the catalogue."""
        return self.check.row

    def judge(self, world: Any) -> None:
        """Run the steps; returns when the requirement holds, raises a finding otherwise."""
        if self.variant is None:
            self.check.judge(world)
        else:
            self.check.judge(world, self.variant)


def check(
    check_id: str, *, each: tuple[str | int, ...] = (), takes: float = USUAL_SECONDS, hurry: float = 1.0
) -> Callable[[Judge], Judge]:
    """Mark a function as the judge of a row.

    Args:
        check_id: the row's id.
        each: the function runs once per value, which is its second argument.
        takes: about how many seconds of the adapter's clock a good bot needs; the longest are begun first.
        hurry: for a story of hours: so many times faster than other checks' runs the clock of the bot and the world.

    Raises:
        UnknownCheckError: the catalogue has no such row.
        ValueError: the row has a judge already.
    """
    row = check_row(check_id)

    def mark(judge: Judge) -> Judge:
        known = _CHECKS.get(check_id)
        if known is not None and known.judge.__qualname__ != judge.__qualname__:
            raise ValueError(f"{check_id} is judged by {known.judge.__qualname__} already")
        _CHECKS[check_id] = Check(row, judge, each or (None,), takes, hurry)
        return judge

    return mark


def cases_of(module_name: str) -> list[Case]:
    """The cases of one module of `conformance.checks`, in the order of its functions."""
    importlib.import_module(module_name)
    found = [known for known in _CHECKS.values() if known.judge.__module__ == module_name]
    return [Case(known, variant) for known in found for variant in known.variants]


def all_cases() -> Iterator[Case]:
    """Every case of every chapter."""
    for module in pkgutil.iter_modules(conformance.checks.__path__):
        yield from cases_of(f"conformance.checks.{module.name}")
