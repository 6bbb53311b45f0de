"""The end of a run: outcomes gathered from all workers, told on the terminal, written, turned into the exit status."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from conformance import known_failing
from conformance.collect import case_of
from conformance.outcome import Outcome
from conformance.registry import all_cases
from conformance.report import results, terminal
from conformance.report.document import encode
from conformance.report.repeats import closing, worst_of
from conformance.run_state import ATTACHED
from conformance.verdict import EXCUSABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from conformance.harness.calibration import Calibration
    from conformance.options import Options
    from conformance.report.document import Results

PLAIN_WIDTH = 160
"""Columns where no terminal says how wide it is, in CI and in files."""


class Recorder:
    """A pytest plug-in object; lives in the controlling process alone."""

    def __init__(self, config: pytest.Config, options: Options, calibration: Calibration) -> None:
        self._config = config
        self._options = options
        self._calibration = calibration
        self._began = time.monotonic()
        self._runs: dict[str, list[Outcome]] = {}
        self._selected: set[str] = set()
        self._page: Path | None = None

    @property
    def outcomes(self) -> list[Outcome]:
        """What has ended so far, in the order of the catalogue; of a repeated case the worst."""
        order = {case.id: number for number, case in enumerate(all_cases())}
        return [worst_of(self._runs[case_id]) for case_id in sorted(self._runs, key=order.__getitem__)]

    def pytest_report_header(self) -> str:
        """What the run is measured with."""
        return f"machine: {self._calibration}"

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """What is selected, where this process runs it."""
        self._select(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """What is selected, where workers run it."""
        self._select(ids)

    def _select(self, node_ids: Iterable[str]) -> None:
        self._selected.update(case_of(node_id) for node_id in node_ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the outcome that came with a report."""
        told = getattr(report, ATTACHED, None)
        if told is not None:
            outcome = Outcome.from_json(told)
            self._runs.setdefault(outcome.id, []).append(outcome)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the results, and set the exit status of design: ours where pytest means something else by a number."""
        if self._config.option.collectonly:
            return
        session.exitstatus = self._status(pytest.ExitCode(exitstatus))
        wanted = (self._options.results, self._options.report, self._options.summary)
        if self._runs and self._options.write_known_failing is not None:
            self._write_known_failing(self._options.write_known_failing)
        if self._runs and any(place is not None for place in wanted):
            self._write(self._document(int(session.exitstatus)))

    def _write_known_failing(self, path: Path) -> None:
        """What failed, and what the file said already of cases that failed again or did not run."""
        failed = [outcome for outcome in self.outcomes if outcome.verdict in EXCUSABLE]
        passed = self._runs.keys() - {outcome.id for outcome in failed}
        kept = {case_id: why for case_id, why in self._options.known_failing.items() if case_id not in passed}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(known_failing.render(failed, kept), encoding="utf-8")

    def _document(self, status: int) -> Results:
        ending = results.Ending(
            seconds=time.monotonic() - self._began,
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            status=status,
            invoked_in=self._config.invocation_params.dir,
            left_out=tuple(case.id for case in all_cases() if case.id not in self._selected),
        )
        return results.document(self._options, self.outcomes, ending)

    def _write(self, run: Results) -> None:
        from conformance.report import files  # noqa: PLC0415 (templates load slowly, and few runs need them)

        if self._options.results is not None:
            results.write(self._options.results, encode(run))
        if self._options.report is not None:
            self._page = files.write_report(self._options.report, run)
        if self._options.summary is not None:
            files.append_summary(self._options.summary, run)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The table."""
        if not self._runs:
            return
        color = terminalreporter.hasmarkup and "CI" not in os.environ
        width = shutil.get_terminal_size().columns if terminalreporter.isatty else PLAIN_WIDTH
        seconds = time.monotonic() - self._began
        terminalreporter.section("conformance")
        terminalreporter.write_line(terminal.render(self._options, self.outcomes, seconds, color=color, width=width))
        for line in closing(self.outcomes, self._calibration):
            terminalreporter.write_line(line)
        if self._options.write_known_failing is not None:
            terminalreporter.write_line(f"known failures: {self._options.write_known_failing}")
        if self._page is not None:
            terminalreporter.write_line(f"report: {self._page}")

    def _status(self, status: pytest.ExitCode) -> int:
        ours = results.exit_status(self.outcomes)
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
