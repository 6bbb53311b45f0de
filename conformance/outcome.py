"""What is kept of one case: the verdict, and everything a maintainer needs to act on it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Self

import msgspec

from conformance.catalogue import CATALOGUE
from conformance.report.document import Step
from conformance.verdict import Graded, Verdict

if TYPE_CHECKING:
    from conformance.row import CheckRow, Level


@dataclass(slots=True, kw_only=True)
class Outcome:
    """The result of one case; plain values only, so that it travels between processes and into JSON.

    Attributes:
        id: `chapter/slug`, or `chapter/slug[variant]`.
        row_id: the row's id, without a variant.
        seconds: real seconds from the first act to the last process ended.
        expected: what should have happened; "" when nothing is amiss.
        observed: what did happen.
        remarks: recommendations that were not followed.
        wire: the journal's lines around the end, with the adapter's clock.
        timeline: the steps of the case, for the drawing.
        output: the last lines that the adapter printed.
        connected: whether the adapter spoke to the platform at all.
        unmodelled: calls behind which the emulator has no state, which it answered with 404.
        known: the reason of the known-failing file, when it lists this case.
    """

    id: str
    row_id: str
    verdict: Verdict
    seconds: float = 0.0
    expected: str = ""
    observed: str = ""
    remarks: list[str] = field(default_factory=list)
    wire: list[str] = field(default_factory=list)
    timeline: list[Step] = field(default_factory=list)
    output: list[str] = field(default_factory=list)
    connected: bool = False
    unmodelled: list[str] = field(default_factory=list)
    known: str = ""

    @property
    def row(self) -> CheckRow:
        """The row of the catalogue."""
        return CATALOGUE[self.row_id]

    @property
    def level(self) -> Level:
        """The row's level."""
        return self.row.level

    @property
    def why(self) -> tuple[str, ...]:
        """The public failures that the row cites."""
        return self.row.why

    @property
    def graded(self) -> Graded:
        """What the grade looks at."""
        return Graded(self.row_id, self.level, self.verdict)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, rows left out."""
        plain = {name.name: getattr(self, name.name) for name in fields(self)}
        return {**plain, "verdict": self.verdict.value, "timeline": msgspec.to_builtins(self.timeline)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """The other way."""
        timeline = msgspec.convert(value["timeline"], list[Step])
        return cls(**{**value, "verdict": Verdict(value["verdict"]), "timeline": timeline})
