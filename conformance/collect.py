"""How pytest sees the checks: a file is a chapter, a case is an item named by its id."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any, Self

import pytest

from conformance.harness import pace
from conformance.harness.run import run
from conformance.harness.speed import hurried
from conformance.registry import Case, cases_of
from conformance.report.again import again_command
from conformance.report.failure import failure_text
from conformance.run_state import BENCH, OPTIONS
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.outcome import Outcome

FRAMES = 6
"""Calls shown of a mistake of ours, the innermost."""


REPEATED = "#"
"""Between a case's id and its number, where it is repeated."""


def case_of(node_id: str) -> str:
    """The case that an item's node id names."""
    return node_id.partition("::")[2].partition(REPEATED)[0]


class SurpriseError(Exception):
    """A case that passed although the known-failing file says that it fails."""


class Chapter(pytest.File):
    """One module of `conformance.checks`."""

    def collect(self) -> Iterator[CheckItem]:
        """The chapter's cases that are wanted, as often as they are wanted."""
        chosen = self.config.stash[OPTIONS]
        for case in cases_of(f"conformance.checks.{self.path.stem}"):
            if chosen.selection.wants(case):
                for number in range(1, chosen.repeat + 1):
                    yield CheckItem.of(self, case, number)


class CheckItem(pytest.Item):
    """One case."""

    case: Case
    outcome: Outcome | None = None

    @classmethod
    def of(cls, parent: Chapter, case: Case, number: int = 1) -> Self:
        """The item of a case, the one of this number when it is repeated; chapter and level are its markers."""
        item: Self = cls.from_parent(parent, name=case.id if number == 1 else f"{case.id}{REPEATED}{number}")
        item.case = case
        item.add_marker(case.row.level.word)
        item.add_marker(case.row.chapter)
        chosen = parent.config.stash[OPTIONS]
        if not chosen.hold:
            speed = hurried(chosen.command.speed, case.check.hurry)
            item.add_marker(pytest.mark.timeout(pace.deadline(case.check.takes).real(speed)))
        return item

    def runtest(self) -> None:
        """Run the case; its verdict decides how pytest sees the end."""
        outcome, error = run(self.case, self.config.stash[BENCH])
        self.outcome = outcome
        self.user_properties += [("verdict", outcome.verdict.value), ("level", outcome.level.value)]
        if outcome.verdict is Verdict.KNOWN_FAILING:
            pytest.xfail(outcome.known)
        if outcome.verdict in (Verdict.NOT_APPLICABLE, Verdict.UNSUPPORTED, Verdict.INCONCLUSIVE):
            pytest.skip(f"{outcome.verdict.value}: {outcome.observed}")
        if outcome.verdict.is_failure:
            raise error if error is not None else SurpriseError(outcome.observed)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The failure in the words of the suite; a traceback only where the fault is ours."""
        if self.outcome is None:
            return super().repr_failure(excinfo, style)
        text = failure_text(
            self.outcome, again_command(self.config.stash[OPTIONS], self.case.id, self.config.invocation_params.dir)
        )
        if self.outcome.verdict is Verdict.BROKEN:
            frames = traceback.format_exception(excinfo.value, limit=-FRAMES, chain=False)
            return f"{text}\n\n{''.join(frames)}"
        return text

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case stands, for editors and reports."""
        code = getattr(self.case.check.judge, "__code__", None)
        return self.path, getattr(code, "co_firstlineno", 1) - 1, self.name
