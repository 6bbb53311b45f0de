"""What a person sees while checks run: a line that moves in a terminal, a line for each check in CI and in files.

With -q and -v pytest's own progress stays.
"""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from conformance.run_state import ATTACHED
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _pytest._io import TerminalWriter

TICK = 1.0
"""Seconds between two looks at the clock."""

CLEAR = "\r\x1b[K"
"""Back to the line's beginning, and nothing on it."""

TOLD = frozenset({Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.UNSUPPORTED, Verdict.KNOWN_FAILING})
"""Verdicts that a terminal need not keep on its own line."""


class Progress:
    """A pytest plug-in object; lives in the controlling process alone."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._writer: TerminalWriter = config.get_terminal_writer()
        self._began = time.monotonic()
        self._running: dict[str, float] = {}
        self._done = 0
        self._total = 0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.is_live = self._writer.hasmarkup and self._writer._file.isatty() and "CI" not in os.environ  # noqa: SLF001 (pytest's reporter asks it in this way, too)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """How many there are, in one process."""
        self._total = self._total or len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """How many there are, in workers; then the clock may tick, as no check runs in this process."""
        if self.is_live and not self._total:
            threading.Thread(target=self._tick, name="progress", daemon=True).start()
        self._total = len(ids)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """One more is running."""
        with self._lock:
            self._running[_name(nodeid)] = time.monotonic()
            self._draw()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One has ended."""
        told = getattr(report, ATTACHED, None)
        if told is None:
            return
        verdict = Verdict(told["verdict"])
        with self._lock:
            self._done += 1
            self._running.pop(_name(report.nodeid), None)
            if not self.is_live:
                number = f"[{self._done:>{len(str(self._total))}}/{self._total}]"
                self._writer.line(f"{number} {verdict.value}  {told['id']}  {told['seconds']:.1f} s")
            elif verdict not in TOLD:
                self._writer.line(f"{CLEAR}{verdict.value}  {told['id']}  {_first_line(told['observed'])}")
            self._draw()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """The moving line goes."""
        self._over.set()
        with self._lock:
            if self.is_live:
                self._writer.write(CLEAR, flush=True)

    def _tick(self) -> None:
        while not self._over.wait(TICK):
            with self._lock:
                self._draw()

    def _draw(self) -> None:
        if self.is_live and not self._over.is_set():
            now = time.monotonic()
            running = ", ".join(f"{name} {now - since:.0f} s" for name, since in self._running.items())
            line = f"{self._done}/{self._total} checks, {now - self._began:.0f} s; running: {running}"
            self._writer.write(f"{CLEAR}{line[: self._writer.fullwidth - 1]}", flush=True)


def _name(nodeid: str) -> str:
    return nodeid.partition("::")[2]


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
