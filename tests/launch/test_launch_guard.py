"""What a process started ends with it, in whatever way it ends."""

import os
import select
import signal
import subprocess
import sys

import pytest

from fakeqq.launch.guard import Guard

PATIENCE = 30.0
"""Seconds."""

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]

OWNER = """
import sys
from fakeqq.launch.child import start
from fakeqq.launch.ready import Ready
from fakeqq.launch.server import ServerProcess
from fakeqq.launch.via import Via

if sys.argv[1] == "server":
    print(ServerProcess().start().ready.pid, flush=True)
else:
    ready = Ready.from_line(sys.argv[2].encode())
    started = start(["sh", "-c", sys.argv[3]], ready, app_id="1", secret="s", via=Via.ENV)
    print(started.pid, flush=True)
    print(open(sys.argv[4]).read(), flush=True)
sys.stdin.read()
"""

needs_handles = pytest.mark.skipif(sys.platform != "linux", reason="processes are waited for by handles")


def ends(handle):
    waiting = select.poll()
    waiting.register(handle, select.POLLIN)
    try:
        return bool(waiting.poll(PATIENCE * 1000))
    finally:
        os.close(handle)


@pytest.fixture
def owner():
    """A process that starts something, says its number, and waits."""
    begun = []

    def owner(*words):
        process = subprocess.Popen(
            [sys.executable, "-c", OWNER, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        begun.append(process)
        return process

    yield owner
    for process in begun:
        process.kill()
        process.communicate()


@needs_handles
def test_a_server_ends_with_the_process_that_started_it(owner):
    process = owner("server")
    server = os.pidfd_open(int(process.stdout.readline()))

    process.kill()

    assert ends(server)


@needs_handles
def test_a_program_and_what_left_its_group_end_with_the_process_that_started_it(owner, stand_in, tmp_path):
    up = tmp_path / "up"
    os.mkfifo(up)
    script = f"setsid sh -c 'echo $$ >{up}; exec sleep 600' & exec sleep 600"
    process = owner("program", stand_in.ready.to_line(), script, str(up))
    program, stray = (os.pidfd_open(int(process.stdout.readline())) for _ in range(2))

    process.kill()

    assert ends(program)
    assert ends(stray)


def test_what_was_forgotten_is_left_alone():
    with subprocess.Popen(SLEEPER, start_new_session=True) as forgotten:
        guard = Guard()
        guard.watch("a-mark", forgotten.pid)
        guard.forget("a-mark")

        guard.close()

        assert forgotten.poll() is None
        forgotten.kill()


def test_a_guard_that_closes_ends_what_it_still_watches():
    with subprocess.Popen(SLEEPER, start_new_session=True) as watched:
        guard = Guard()
        guard.watch("a-mark")
        guard.watch("a-mark", watched.pid)

        guard.close()

        assert watched.wait(PATIENCE) == -signal.SIGKILL


def test_a_guard_that_was_ended_does_no_harm(monkeypatch):
    monkeypatch.setattr("fakeqq.launch.guard._start", ended)
    guard = Guard()

    guard.watch("a-mark", 1)
    guard.forget("a-mark")
    guard.close()


def ended():
    process = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE)
    process.wait()
    return process
