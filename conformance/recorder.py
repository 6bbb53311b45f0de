"""The end of a run: outcomes gathered from all workers, told on the terminal, written, turned into the exit status."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from conformance.outcome import Outcome
from conformance.registry import all_cases
from conformance.report import files, results, terminal
from conformance.report.document import encode
from conformance.run_state import ATTACHED

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.options import Options
    from conformance.report.document import Results

PLAIN_WIDTH = 160
"""Columns where no terminal says how wide it is, in CI and in files."""


class Recorder:
    """A pytest plug-in object; lives in the controlling process alone."""

    def __init__(self, config: pytest.Config, options: Options) -> None:
        self._config = config
        self._options = options
        self._began = time.monotonic()
        self._outcomes: dict[str, Outcome] = {}
        self._page: Path | None = None

    @property
    def outcomes(self) -> list[Outcome]:
        """What has ended so far, in the order of the catalogue."""
        order = {case.id: number for number, case in enumerate(all_cases())}
        return sorted(self._outcomes.values(), key=lambda outcome: order[outcome.id])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the outcome that came with a report."""
        told = getattr(report, ATTACHED, None)
        if told is not None:
            outcome = Outcome.from_json(told)
            self._outcomes[outcome.id] = outcome

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the results, and set the exit status of design: ours where pytest means something else by a number."""
        if self._config.option.collectonly:
            return
        session.exitstatus = self._status(pytest.ExitCode(exitstatus))
        wanted = (self._options.results, self._options.report, self._options.summary)
        if self._outcomes and any(place is not None for place in wanted):
            self._write(self._document(int(session.exitstatus)))

    def _document(self, status: int) -> Results:
        ending = results.Ending(
            seconds=time.monotonic() - self._began,
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            status=status,
            invoked_in=self._config.invocation_params.dir,
        )
        return results.document(self._options, self.outcomes, ending)

    def _write(self, run: Results) -> None:
        if self._options.results is not None:
            results.write(self._options.results, encode(run))
        if self._options.report is not None:
            self._page = files.write_report(self._options.report, run)
        if self._options.summary is not None:
            files.append_summary(self._options.summary, run)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The table."""
        if not self._outcomes:
            return
        color = terminalreporter.hasmarkup and "CI" not in os.environ
        width = shutil.get_terminal_size().columns if terminalreporter.isatty else PLAIN_WIDTH
        seconds = time.monotonic() - self._began
        terminalreporter.section("conformance")
        terminalreporter.write_line(terminal.render(self._options, self.outcomes, seconds, color=color, width=width))
        if self._page is not None:
            terminalreporter.write_line(f"report: {self._page}")

    def _status(self, status: pytest.ExitCode) -> int:
        ours = results.exit_status(self._outcomes.values())
        if status is pytest.ExitCode.INTERNAL_ERROR:
            return results.Exit.OUR_FAULT
        if status is pytest.ExitCode.USAGE_ERROR:
            return results.Exit.USAGE
        if status is pytest.ExitCode.INTERRUPTED:
            # pytest-xdist ends `-x` this way; a person's Ctrl-C keeps pytest's number.
            return ours if self._config.option.maxfail and ours else status
        if status is pytest.ExitCode.TESTS_FAILED and ours is results.Exit.AS_EXPECTED:
            return results.Exit.OUR_FAULT  # a worker died, and no outcome says so
        return ours
