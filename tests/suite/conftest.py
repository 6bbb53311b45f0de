"""One emulator, and a handful of bots at a time, for the tests that run checks for real.

Checks wait more than they compute. So all runs that the selected tests will ask for are begun at once, as many side by
side as the machine bears, and each test waits for its own. Under pytest-xdist a worker does not know which tests it
will get; there each test begins its own runs.
"""

import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conformance.features import Feature
from conformance.harness.adapter import AdapterCommand
from conformance.harness.bench import Bench
from conformance.harness.platform import Platform
from conformance.harness.run import run
from conformance.harness.speed import choose_speed
from conformance.registry import all_cases
from fakeqq.launch.via import Via

SIDE_BY_SIDE = 4 * (os.cpu_count() or 1)
SINNERS = Path(__file__).parent.parent / "sinners"
CASES = {case.id: case for case in all_cases()}


class Grader:
    """Runs cases in threads, each pair of bot and case once."""

    def __init__(self):
        self.platform = Platform()
        self.platform.new_place()  # the server is there before the first thread needs it
        self._shared = tempfile.TemporaryDirectory(prefix="fakeqq-grader-")
        self.speed = choose_speed("auto", (sys.executable,), os.environ)
        self._pool = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="case")
        self._runs = {}

    def begin(self, words, case_id):
        """Have a case run against the bot that these words start."""
        key = (tuple(words), case_id)
        if key not in self._runs:
            command = AdapterCommand(key[0], Via.ENV, self.speed, frozenset(Feature))
            bench = Bench.of(self.platform, command, shared=Path(self._shared.name))
            self._runs[key] = self._pool.submit(run, CASES[case_id], bench)
        return self._runs[key]

    def outcome(self, words, case_id):
        """What came of it."""
        outcome, _error = self.begin(words, case_id).result()
        return outcome

    def close(self):
        """Begun runs end; what waits is given up."""
        self._pool.shutdown(cancel_futures=True)
        self.platform.close()
        self._shared.cleanup()


@pytest.fixture(scope="session")
def grader(request):
    """All runs of the selected tests, begun."""
    grader = Grader()
    if "PYTEST_XDIST_WORKER" not in os.environ:
        for item in request.session.items:
            for mark in item.iter_markers("runs"):
                words, case_ids = mark.args
                for case_id in case_ids:
                    grader.begin(words, case_id)
    yield grader
    grader.close()


def pytest_configure(config):
    """The marker by which a test says what it will ask the grader for."""
    config.addinivalue_line("markers", "runs(words, case_ids): the checks this test runs, and against which bot")


@pytest.fixture
def outcomes(request, grader):
    """What the test's own runs came to: case id to outcome."""
    ((words, case_ids),) = (mark.args for mark in request.node.iter_markers("runs"))
    for case_id in case_ids:
        grader.begin(words, case_id)
    return {case_id: grader.outcome(words, case_id) for case_id in case_ids}
