"""However a grade is ended, nothing that it started outlives it."""

import os
import secrets
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

MARK = "FAKEQQ_TEST_MARK"
PATIENCE = 40.0
"""Seconds; pytest-xdist alone gives a worker five before it interrupts what runs there."""

SLEEPER = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
with open(sys.argv[1], "w") as up:
    up.write("up")
time.sleep(600)
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found by their environment in /proc")


def carriers(mark):
    """Handles of all living processes that were started with this mark: {pid: pidfd}."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                handle = os.pidfd_open(int(entry.name))
                if f"{MARK}={mark}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                    found[int(entry.name)] = handle
                else:
                    os.close(handle)
            except OSError:  # it has ended, or is another user's
                continue
    return found


def left_after(mark, seconds):
    """The processes with this mark that still live after so many seconds; fewer seconds when there are none."""
    deadline = time.monotonic() + seconds
    while found := carriers(mark):
        for pid, handle in list(found.items()):
            waiting = select.poll()
            waiting.register(handle, select.POLLIN)
            if not waiting.poll(max(0, deadline - time.monotonic()) * 1000):
                return {pid: Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in found}
            os.close(handle)
    return {}


@pytest.fixture
def grade(tmp_path):
    """A grade while its bots run, keep silent and do not stop when asked to; and the mark of its processes.

    It has a process group of its own, and ignores SIGINT as a shell's background job does.
    """
    mark = secrets.token_hex(8)
    up = tmp_path / "up"
    os.mkfifo(up)
    words = [
        "/bin/sh",
        "-c",
        'trap "" INT; exec "$0" "$@"',
        sys.executable,
        "-m",
        "fakeqq",
        "grade",
        "--via",
        "env",
        "--speed",
        "1",
        "-n",
        "2",
    ]
    words += ["--checks", "heartbeat/follows-hello,startup/online", "--", sys.executable, "-c", SLEEPER, str(up)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV"))}
    with (tmp_path / "printed").open("wb") as printed:
        process = subprocess.Popen(
            words,
            cwd=tmp_path,
            env={**environment, MARK: mark, "TMPDIR": str(tmp_path)},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
            process_group=0,
        )
    up.read_text()  # until a bot has opened and closed it
    yield process, mark
    for pid in carriers(mark):
        os.kill(pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize(
    ("number", "whole_group"),
    [(signal.SIGTERM, False), (signal.SIGHUP, True), (signal.SIGKILL, False), (signal.SIGKILL, True)],
)
def test_nothing_outlives_a_grade_that_is_ended_by_a_signal(grade, tmp_path, number, whole_group):
    process, mark = grade

    (os.killpg if whole_group else os.kill)(process.pid, number)

    process.wait(PATIENCE)
    assert left_after(mark, PATIENCE) == {}
    if number is not signal.SIGKILL:
        assert not list(tmp_path.glob("fakeqq-*"))


def test_a_second_signal_does_not_keep_a_grade_from_ending_what_it_started(grade, tmp_path):
    process, mark = grade

    for end in (os.kill, os.killpg):  # as timeout(1) does
        end(process.pid, signal.SIGTERM)

    assert process.wait(PATIENCE) == pytest.ExitCode.INTERRUPTED
    assert left_after(mark, PATIENCE) == {}
    assert "Traceback" not in (tmp_path / "printed").read_text()
