"""The server of a run: one for all workers, and another for whoever finds it dead."""

import os
import signal
import threading

import pytest

from conformance.harness import shared_server
from conformance.harness.platform import Platform
from conformance.harness.shared_server import SharedServer, offered
from fakeqq.launch.errors import LaunchError


@pytest.fixture
def shared(tmp_path):
    """A run's directory with its server."""
    server = SharedServer(tmp_path)
    yield tmp_path
    server.close()


def test_workers_share_one_server_and_have_worlds_of_their_own(shared):
    workers = [Platform(shared), Platform(shared)]
    first, second = [worker.new_place() for worker in workers]
    assert first.ready.pid == second.ready.pid == offered(shared).pid
    assert first.control.app_id != second.control.app_id
    workers[0].close()
    second.control.summary()  # one worker's end is not the server's
    workers[1].close()


def test_a_worker_that_finds_it_dead_starts_its_own(shared):
    worker = Platform(shared)
    dead = worker.new_place().ready.pid
    os.kill(dead, signal.SIGKILL)
    try:
        assert worker.new_place().ready.pid != dead
    finally:
        worker.close()


def test_where_none_is_offered_a_worker_starts_its_own(tmp_path):
    assert offered(tmp_path) is None
    worker = Platform(tmp_path)
    try:
        assert worker.new_place().ready.pid != os.getpid()
    finally:
        worker.close()


class SlowServer:
    """Starts when it is told to."""

    may_start = threading.Event()

    def start(self):
        self.may_start.wait()
        raise LaunchError("no room for a server")

    def stop(self):
        pass


def test_workers_wait_while_it_starts_and_are_told_when_it_cannot(tmp_path, monkeypatch):
    monkeypatch.setattr(shared_server, "ServerProcess", SlowServer)
    server = SharedServer(tmp_path)
    answers = []
    worker = threading.Thread(target=lambda: answers.append(offered(tmp_path)))
    worker.start()
    assert not answers
    SlowServer.may_start.set()
    worker.join()
    assert answers == [None]
    server.close()
