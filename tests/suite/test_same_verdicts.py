"""The same bot gets the same verdict: at any speed of its clock, in any language, on a busy machine, again and again.

A small sample in every run of the tests. `FAKEQQ_LONG_TESTS=1` compares more checks and repeats them twenty times:
about ten minutes.
"""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from suite_grader import CASES, REFERENCE_CLIENT

from conformance.features import Feature
from conformance.harness.adapter import AdapterCommand
from conformance.harness.bench import Bench
from conformance.harness.calibration import Machine, calibrate
from conformance.harness.platform import Platform
from conformance.harness.run import run
from conformance.harness.speed import FAST
from conformance.verdict import Verdict
from fakeqq.launch import faketime
from fakeqq.launch.via import Via

IS_LONG = bool(os.environ.get("FAKEQQ_LONG_TESTS"))
SAMPLE = ("startup/online", "send/passive", "reconnect/op7-leaves")
LONG_SAMPLE = (
    *SAMPLE,
    "startup/gateway-empty-body",
    "heartbeat/follows-hello",
    "heartbeat/ack-missing",
    "identify/invalid-session",
    "reconnect/close-codes[4006]",
    "reconnect/close-codes[4009]",
    "resume/missed-event",
)
CASE_IDS = LONG_SAMPLE if IS_LONG else SAMPLE
REPEATS = 20 if IS_LONG else 1
SPEEDS = (1.0, FAST, 2 * FAST)

HERE = Path(__file__).parent
BOTS = {
    "reference client": REFERENCE_CLIENT,
    "a sinner": (sys.executable, str(HERE.parent / "sinners" / "ignores_op7.py")),
    "node": ("node", "--experimental-websocket", str(HERE / "bots" / "echo.mjs")),
}

LATE = {
    "reconnect/op7-leaves": "leaves_late.py",
    "lifecycle/sigterm": "stops_late.py",
}
"""Checks, and bots that miss them by a few seconds: a fast clock must not hide that."""

pytestmark = pytest.mark.timeout(3600 if IS_LONG else 300)


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """Run cases against a bot at a speed, a few side by side; answers with their verdicts, in order."""
    platform = Platform()
    platform.new_place()
    machine = Machine.measured_as(calibrate())
    shared = tmp_path_factory.mktemp("shared")

    def verdicts(words, speed, case_ids):
        bench = Bench.of(
            platform, AdapterCommand(words, Via.ENV, speed, frozenset(Feature)), shared=shared, machine=machine
        )
        with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
            outcomes = list(pool.map(lambda case_id: run(CASES[case_id], bench)[0], case_ids))
        return [(outcome.id, outcome.verdict) for outcome in outcomes]

    yield verdicts
    platform.close()


@pytest.fixture
def busy_machine():
    """Two programs for each core that only compute."""
    count = 2 * (os.cpu_count() or 1)
    programs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    yield
    for program in programs:
        program.kill()
        program.wait()


@pytest.mark.skipif(faketime.obstacle(FAST, os.environ) is not None, reason="libfaketime does not work here")
@pytest.mark.parametrize("bot", BOTS)
def test_verdicts_do_not_depend_on_the_speed(judge, bot):
    if bot == "node" and shutil.which("node") is None:
        pytest.skip("node is not installed")
    slow, *fast = [judge(BOTS[bot], speed, CASE_IDS) for speed in SPEEDS]
    assert all(verdicts == slow for verdicts in fast), (slow, *fast)
    assert dict(slow)["startup/online"] is Verdict.PASS
    assert dict(slow)["reconnect/op7-leaves"] is (Verdict.FAIL if bot == "a sinner" else Verdict.PASS)


@pytest.mark.skipif(faketime.obstacle(FAST, os.environ) is not None, reason="libfaketime does not work here")
@pytest.mark.parametrize("case_id", LATE)
def test_a_bot_that_is_a_little_late_is_late_at_every_speed(judge, case_id):
    words = (sys.executable, str(HERE / "bots" / LATE[case_id]))
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda speed: judge(words, speed, [case_id]), SPEEDS))
    assert found == [[(case_id, Verdict.FAIL)]] * len(SPEEDS)


@pytest.mark.usefixtures("busy_machine")
@pytest.mark.parametrize("bot", ["reference client", "a sinner"])
def test_verdicts_do_not_depend_on_a_busy_machine(judge, bot):
    speed = FAST if faketime.obstacle(FAST, os.environ) is None else 1.0
    runs = [judge(BOTS[bot], speed, CASE_IDS) for _ in range(REPEATS)]
    assert all(verdicts == runs[0] for verdicts in runs), runs
    leaves = Verdict.FAIL if bot == "a sinner" else Verdict.PASS
    assert dict(runs[0]) == {
        case_id: leaves if case_id == "reconnect/op7-leaves" else Verdict.PASS for case_id in CASE_IDS
    }
