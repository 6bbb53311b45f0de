"""The machine as an instrument: measured before, watched during; real processes make it busy here."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from conformance.harness import pace
from conformance.harness.calibration import (
    MOST_SLOWNESS,
    NOISE,
    QUIET,
    USUAL_START,
    Calibration,
    LatenessMeter,
    Machine,
    Strain,
    calibrate,
    from_option,
    queue_time,
    to_option,
    with_children,
)
from conformance.harness.pace import Span
from conformance.harness.run import doubted
from conformance.harness.watch import Watch
from conformance.verdict import Blocked, Inconclusive, Unmet
from fakeqq.launch.control import JournalTimeout

COUNTS_QUEUES = Path("/proc/self/schedstat").exists()


@pytest.fixture
def busy_machine():
    """Four programs for each core that only compute."""
    programs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4 * (os.cpu_count() or 1))]
    yield
    for program in programs:
        program.kill()
        program.wait()


def test_a_measurement_is_plausible_and_travels():
    measured = calibrate()
    assert 0 < measured.start < 10
    assert 0 <= measured.lateness < 10
    assert from_option(to_option(measured)) == measured
    assert "an empty program starts in" in str(measured)


def test_slowness_is_bounded_and_never_makes_waits_shorter():
    assert Calibration(USUAL_START / 10, 0).slowness == QUIET.slowness == 1
    assert Calibration(2 * USUAL_START, 0).slowness == pytest.approx(2)
    assert Calibration(1000, 0).slowness == MOST_SLOWNESS


def test_a_slow_machine_widens_its_own_share_of_a_span_alone():
    assert Span(60, 5, "").on(2).real(10) == 16


def test_the_meter_notes_a_process_that_was_stopped():
    meter = LatenessMeter()
    meter._never.wait = lambda _seconds: time.sleep(0.2)  # the wait that comes back much too late
    meter.wait_once()
    assert meter.worst(since=0.0) > 0.1
    assert meter.worst(since=time.monotonic()) == 0


def test_waits_in_time_are_not_noted():
    meter = LatenessMeter()
    meter._never.wait = time.sleep
    for _ in range(5):
        meter.wait_once()
    assert all(late > NOISE for _, late in meter._late)


@pytest.mark.skipif(not COUNTS_QUEUES, reason="this system does not count how long processes wait for a core")
@pytest.mark.usefixtures("busy_machine")
def test_what_a_busy_machine_takes_from_a_bot_is_counted():
    class Adapter:
        pid = None

    strain = Machine.measured_as(QUIET).strain(os.getpid(), Adapter)
    mark = strain.mark()
    with subprocess.Popen(["/bin/sh", "-c", f"{sys.executable} -c 'sum(range(10**7))'; true"]) as bot:
        Adapter.pid = bot.pid
        most = 0.0
        while bot.poll() is None:
            most = max(most, strain.lost(mark))
            threading.Event().wait(0.01)
    assert most > 0.1


@pytest.mark.skipif(not COUNTS_QUEUES, reason="this system does not count how long processes wait for a core")
def test_processes_are_found_with_their_children():
    with subprocess.Popen(["/bin/sh", "-c", "sleep 60 & echo ready; wait"], stdout=subprocess.PIPE, text=True) as shell:
        shell.stdout.readline()
        pids = list(with_children(shell.pid))
        assert len(pids) == 2
        assert all(queue_time(pid) >= 0 for pid in pids)
        for pid in reversed(pids):
            os.kill(pid, signal.SIGTERM)
    assert queue_time(shell.pid) == 0.0


class Control:
    """Nothing ever happens, and each wait takes its time."""

    def __init__(self):
        self.waits = 0

    def wait(self, _where, since, timeout):
        del since
        self.waits += 1
        threading.Event().wait(timeout)
        raise JournalTimeout("nothing", 0, [])


class Adapter:
    is_started = True

    def exit_status(self):
        return None

    def could_not_run(self):
        return False


class Taking(Strain):
    """A machine that has taken so many seconds in the end, whatever the wait."""

    def __init__(self, seconds):
        self.seconds = seconds

    def lost(self, since):
        del since
        return self.seconds


def waited(strain, span):
    began = time.monotonic()
    assert Watch(Control(), Adapter(), 1, strain).occurs({}, since=0, within=span) is None
    return time.monotonic() - began


def test_a_wait_gets_back_what_was_taken_beyond_the_machines_share():
    assert 0.1 <= waited(Taking(0.3), Span(0.1, 0.3, "")) < 0.9
    assert waited(Taking(0.9), Span(0.1, 0.3, "")) >= 0.4 + 0.6


def test_who_is_taken_too_much_from_is_not_judged(monkeypatch):
    monkeypatch.setattr(pace, "GIVEN_BACK", 0.2)
    with pytest.raises(Inconclusive, match="waited 9 s for a core"):
        waited(Taking(9), Span(0.1, 0, ""))


def test_a_quiet_machine_lengthens_nothing():
    assert waited(Strain(), Span(0.1, 0, "")) < 0.5


def missed_by(seconds):
    error = Unmet("asked again after 28.0 s", expected="no call within 30 s")
    error.off_by = seconds
    return error


def test_a_miss_that_the_machine_explains_is_inconclusive():
    doubt = doubted(missed_by(2.0), lateness=0.2, speed=10)
    assert isinstance(doubt, Inconclusive)
    assert doubt.observed.startswith("asked again after 28.0 s; missed by 2.0 s")
    assert doubt.expected == "no call within 30 s"


@pytest.mark.parametrize(
    "error", [missed_by(28.0), Unmet("RESUME was expected"), Blocked("not online"), RuntimeError("ours")]
)
def test_a_clear_miss_and_what_is_not_about_time_stand(error):
    assert doubted(error, lateness=0.2, speed=10) is error
