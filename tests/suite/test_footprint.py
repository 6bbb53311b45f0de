"""What a session of processes takes is the sum over its members."""

import os
import subprocess
import sys

import pytest

from conformance.harness.footprint import Footprint, footprint

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
PAGE = os.sysconf("SC_PAGE_SIZE") if sys.platform == "linux" else 0


def put_process(proc, pid, session, pages, handles):
    folder = proc / str(pid)
    (folder / "fd").mkdir(parents=True)
    (folder / "stat").write_text(f"{pid} (a (bot) of) S 1 {session} {session} 0 -1")
    (folder / "statm").write_text(f"9999 {pages} 1 1 0 1 0")
    for number, target in enumerate(handles):
        (folder / "fd" / str(number)).symlink_to(target)


def test_the_members_of_a_session_are_added_up(tmp_path):
    put_process(tmp_path, 10, 10, 100, ["/dev/null", "socket:[1]", "pipe:[2]"])
    put_process(tmp_path, 11, 10, 20, ["socket:[3]", "socket:[4]"])
    put_process(tmp_path, 12, 12, 5000, ["socket:[5]"])
    (tmp_path / "meminfo").write_text("")

    assert footprint(10, tmp_path) == Footprint(memory=120 * PAGE, sockets=3)


def test_nobody_is_left():
    ended = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    ended.wait()
    assert footprint(ended.pid) is None


def test_a_socket_more_is_seen():
    script = "import socket, sys; kept = [socket.socket() for _ in range(7)]; print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        process.stdout.readline()
        found = footprint(process.pid)
        process.stdin.close()
    assert found.sockets == 7
    assert found.memory > 2**20


def test_one_that_ends_meanwhile_is_left_out(tmp_path):
    put_process(tmp_path, 10, 10, 100, [])
    put_process(tmp_path, 11, 10, 50, [])
    (tmp_path / "11" / "statm").unlink()
    assert footprint(10, tmp_path) == Footprint(memory=100 * PAGE, sockets=0)
