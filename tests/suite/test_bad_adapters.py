"""No adapter can hang the run, kill it, flood it, or leave anything behind."""

import os
import sys
from pathlib import Path

import pytest

from conformance.catalogue import check_row
from conformance.harness.adapter import AdapterCommand
from conformance.harness.bench import Bench
from conformance.harness.calibration import QUIET, Machine
from conformance.harness.pace import Span
from conformance.harness.platform import Platform
from conformance.harness.run import OUTPUT_LINES, OUTPUT_WIDTH, run
from conformance.registry import Case, Check
from conformance.verdict import Verdict
from fakeqq.launch.via import Via

NOWHERE = Path("/nonexistent")
"""The row asks for no feature, so nothing is looked for."""

MACHINE = Machine.measured_as(QUIET)

BRIEF = Span(0, 1.5, "the adapters of these tests never come online")


class PatientPlatform(Platform):
    """Does not give up, as most adapters of this module never say a word."""

    def heard_of_adapter(self, connected):
        """Forget it."""


@pytest.fixture(scope="module")
def platform():
    platform = PatientPlatform()
    yield platform
    platform.close()


def judge_briefly(world):
    """Whether the bot comes online."""
    world.bot_starts()
    world.comes_online(within=BRIEF)


def play(platform, words, judge=judge_briefly, known_failing=None):
    """Run a case of our own making against the bot that these words start."""
    case = Case(Check(check_row("startup/online"), judge, (None,), 1.0))
    command = AdapterCommand(tuple(words), Via.ENV, 1.0)
    bench = Bench.of(platform, command, shared=NOWHERE, machine=MACHINE, known_failing=known_failing or {})
    outcome, _ = run(case, bench)
    return outcome


def python(program, *arguments):
    return [sys.executable, "-c", program, *arguments]


def test_one_that_hangs(platform):
    outcome = play(platform, python("import time; time.sleep(600)"))
    assert outcome.verdict is Verdict.FAIL
    assert outcome.observed == "nothing of the kind within 2 s of the adapter's clock"
    assert not outcome.connected
    assert outcome.seconds < 10


def test_one_that_crashes_is_not_waited_for(platform):
    outcome = play(
        platform,
        python("raise RuntimeError('no config')"),
        judge=lambda world: (world.bot_starts(), world.comes_online(within=Span(3600, 0, ""))),
    )
    assert outcome.verdict is Verdict.FAIL
    assert outcome.observed == "the process exited with status 1"
    assert outcome.output[-1] == "RuntimeError: no config"
    assert outcome.seconds < 20


def test_one_that_prints_without_end(platform):
    outcome = play(platform, python("while True: print('x' * 1000)"))
    assert outcome.verdict is Verdict.FAIL
    assert len(outcome.output) == OUTPUT_LINES
    assert max(map(len, outcome.output)) <= OUTPUT_WIDTH


def test_one_that_ignores_sigterm(platform):
    outcome = play(platform, python("import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"))
    assert outcome.verdict is Verdict.FAIL
    assert outcome.seconds < 15


FORKING = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    if sys.argv[2] == "new session":
        os.setsid()
    with open(sys.argv[1], "w") as file:
        file.write(str(os.getpid()))
    os.rename(sys.argv[1], sys.argv[1] + ".done")
time.sleep(600)
"""


@pytest.mark.parametrize("session", ["same session", "new session"])
def test_one_that_forks_leaves_nothing_behind(platform, tmp_path, session):
    play(platform, python(FORKING, str(tmp_path / "pid"), session))
    pid = int((tmp_path / "pid.done").read_text())
    status = Path(f"/proc/{pid}/stat")
    assert not status.exists() or status.read_text().split()[2] == "Z"


def test_one_that_is_not_there(platform):
    outcome = play(platform, ["./no-such-adapter"])
    assert outcome.verdict is Verdict.SETUP_FAILED
    assert "no-such-adapter" in outcome.observed


def test_one_that_a_shell_cannot_find(platform):
    outcome = play(platform, ["sh", "-c", "no-such-adapter"])
    assert outcome.verdict is Verdict.SETUP_FAILED
    assert "127" in outcome.observed


def test_one_that_prints_its_secret(platform):
    outcome = play(platform, python("import os; print('secret:', os.environ['FAKEQQ_SECRET'])"))
    assert outcome.output == ["secret: [secret]"]


def test_a_prerequisite_that_fails_blocks_the_check(platform):
    outcome = play(platform, python("import sys; sys.exit(3)"), judge=lambda world: world.bot_is_online())
    assert outcome.verdict is Verdict.BLOCKED
    assert "the process exited with status 3" in outcome.observed


def test_a_known_failure_is_excused_and_a_passing_one_is_news(platform):
    known = {"startup/online": "dies at once https://github.com/owner/repository/issues/1"}
    assert play(platform, python(""), known_failing=known).verdict is Verdict.KNOWN_FAILING
    outcome = play(platform, python(""), judge=lambda world: world.bot_starts(), known_failing=known)
    assert outcome.verdict is Verdict.SURPRISE
    assert "take the line out" in outcome.observed


def test_a_remark_makes_a_warning(platform):
    outcome = play(platform, python(""), judge=lambda world: world.prefer(False, "patience", "3 s"))
    assert outcome.verdict is Verdict.WARN
    assert outcome.remarks == ["patience; observed: 3 s"]


def test_a_known_warning_is_excused_too(platform):
    known = {"startup/online": "https://github.com/owner/repository/issues/1"}
    outcome = play(
        platform, python(""), judge=lambda world: world.prefer(False, "patience", "3 s"), known_failing=known
    )
    assert outcome.verdict is Verdict.KNOWN_FAILING
    assert outcome.known == known["startup/online"]


def test_a_mistake_of_ours_is_no_failure_of_the_bot(platform):
    known = {"startup/online": "https://github.com/owner/repository/issues/1"}
    outcome = play(platform, python(""), judge=lambda world: world.no_such_word(), known_failing=known)
    assert outcome.verdict is Verdict.BROKEN
    assert "no_such_word" in outcome.observed


def test_a_check_that_outlives_its_deadline_is_our_mistake(platform):
    outcome = play(platform, python(""), judge=lambda _world: pytest.fail("Timeout (>3.0s) from pytest-timeout."))
    assert outcome.verdict is Verdict.BROKEN
    assert "Timeout" in outcome.observed


def test_a_server_that_dies_breaks_one_case_and_not_the_next(platform):
    def judge(world):
        """The server is gone in the middle."""
        os.kill(platform._server.ready.pid, 9)
        world.bot_starts()

    assert play(platform, python(""), judge=judge).verdict is Verdict.BROKEN
    assert play(platform, python(""), judge=lambda world: world.bot_starts()).verdict is Verdict.PASS


def test_an_adapter_that_never_speaks_is_not_started_for_ever():
    platform = Platform()
    verdicts = [play(platform, python("")).verdict for _ in range(3)]
    outcome = play(platform, python(""))
    platform.close()
    assert verdicts == [Verdict.FAIL, Verdict.FAIL, Verdict.BLOCKED]
    assert outcome.verdict is Verdict.BLOCKED
    assert "did not connect in the 2 checks before" in outcome.observed
    assert not outcome.connected
