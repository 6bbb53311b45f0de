"""The moving line of a terminal, and the lines of a log."""

from types import SimpleNamespace

import pytest

from conformance.outcome import Outcome
from conformance.progress import CLEAR, Progress
from conformance.run_state import ATTACHED
from conformance.verdict import Verdict


class Writer:
    """A terminal of forty columns, or a file."""

    def __init__(self, *, is_terminal):
        self.hasmarkup = is_terminal
        self.fullwidth = 40
        self._file = SimpleNamespace(isatty=lambda: is_terminal)
        self.shown = []

    def write(self, text, *, flush):
        assert flush
        self.shown.append(text)

    def line(self, text):
        self.shown.append(f"{text}\n")


@pytest.fixture
def progress(monkeypatch):
    """A progress of three checks in a terminal, or not; and what it showed."""

    def make(*, is_terminal):
        monkeypatch.delenv("CI", raising=False)
        writer = Writer(is_terminal=is_terminal)
        made = Progress(SimpleNamespace(get_terminal_writer=lambda: writer))
        made.pytest_collection_finish(SimpleNamespace(items=[1, 2, 3]))
        return made, writer.shown

    return make


def report(verdict, case_id="send/passive", **fields):
    told = Outcome(id=case_id, row_id="send/passive", verdict=verdict, seconds=2.5, **fields).to_json()
    return SimpleNamespace(nodeid=f"checks/send.py::{case_id}", **{ATTACHED: told})


def test_a_terminal_shows_what_runs_and_keeps_what_failed(progress):
    drawn, shown = progress(is_terminal=True)
    drawn.pytest_runtest_logstart("checks/send.py::send/passive")
    assert shown.pop() == f"{CLEAR}0/3 checks, 0 s; running: send/passive "
    drawn.pytest_runtest_logreport(report(Verdict.FAIL, observed="no msg_id\nmore"))
    assert shown == [f"{CLEAR}fail  send/passive  no msg_id\n", f"{CLEAR}1/3 checks, 0 s; running: "]


def test_a_terminal_does_not_keep_what_passed(progress):
    drawn, shown = progress(is_terminal=True)
    drawn.pytest_runtest_logreport(report(Verdict.PASS))
    assert shown == [f"{CLEAR}1/3 checks, 0 s; running: "]
    drawn.pytest_sessionfinish()
    assert shown[-1] == CLEAR


def test_a_log_has_a_line_for_each(progress):
    drawn, shown = progress(is_terminal=False)
    drawn.pytest_runtest_logstart("checks/send.py::send/passive")
    drawn.pytest_runtest_logreport(report(Verdict.WARN))
    drawn.pytest_runtest_logreport(SimpleNamespace(nodeid="x", when="setup"))
    drawn.pytest_sessionfinish()
    assert shown == ["[1/3] warn  send/passive  2.5 s\n"]


def test_ci_is_a_log_even_where_it_has_a_terminal(progress, monkeypatch):
    drawn, _ = progress(is_terminal=True)
    assert drawn.is_live
    monkeypatch.setenv("CI", "true")
    assert not Progress(SimpleNamespace(get_terminal_writer=lambda: Writer(is_terminal=True))).is_live
