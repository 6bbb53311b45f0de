"""Webhook deliveries reach the child, whichever way it is pointed at the server."""

import contextlib
import os
import socket
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from fakeqq.launch import netns, relay
from fakeqq.launch.child import start
from fakeqq.launch.control import Control
from fakeqq.launch.server import ServerProcess
from fakeqq.launch.via import Via

SOON = 20.0
WAYS = [
    Via.ENV,
    Via.SHIM,
    pytest.param(Via.NETNS, marks=pytest.mark.skipif(netns.obstacle() is not None, reason=str(netns.obstacle()))),
]
needs_namespaces = WAYS[-1].marks[0]

ECHO = """
import os, socket, sys, threading
def serve(connection):
    with connection:
        received = b"".join(iter(lambda: connection.recv(65536), b""))  # until the other side has said all
        connection.sendall(received[::-1])
listener = socket.create_server(("127.0.0.1", int(os.environ["FAKEQQ_WEBHOOK_PORT"])), backlog=100)
while True:
    threading.Thread(target=serve, args=listener.accept()[:1]).start()
"""
SILENT = "import time; time.sleep(60)"


def child_of(stand_in, via, script, **options):
    return start(
        [sys.executable, "-c", script], stand_in.ready, app_id="77", secret="2", via=via, webhook_path="/qq", **options
    )


def eventually(condition):
    end = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def alive_in(group):
    """The processes of a group, without those that are dead and not yet collected."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _parent, its_group = path.read_text().rpartition(") ")[2].split()[:3]
            if its_group == str(group) and state != "Z":
                found.append(path.parent.name)
    return found


def call(child):
    address = urlsplit(child.webhook_url)
    return socket.create_connection((address.hostname, address.port), timeout=SOON)


def exchange(child, content):
    with call(child) as connection:
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("via", WAYS)
def test_every_byte_arrives_in_both_directions_and_each_end_is_told(stand_in, via):
    content = os.urandom(3_000_000)
    with child_of(stand_in, via, ECHO) as child:
        eventually(child.is_listening)
        assert exchange(child, content) == content[::-1]
        assert exchange(child, b"") == b""


@pytest.mark.parametrize("via", WAYS)
def test_many_at_once(stand_in, via):
    with child_of(stand_in, via, ECHO) as child:
        eventually(child.is_listening)
        open_ones = [call(child) for _ in range(40)]
        for number, connection in reversed(list(enumerate(open_ones))):
            with connection:
                connection.sendall(b"number %d" % number)
                connection.shutdown(socket.SHUT_WR)
                assert connection.recv(100) == (b"number %d" % number)[::-1]


@pytest.mark.parametrize("via", WAYS)
def test_it_is_told_to_listen_and_where(stand_in, via):
    script = (
        "import os; given = os.environ\n"
        "print(given['FAKEQQ_TRANSPORT'], 0 < int(given['FAKEQQ_WEBHOOK_PORT']) < 65536, given['FAKEQQ_WEBHOOK_PATH'])"
    )
    with child_of(stand_in, via, script) as child:
        child.wait(SOON)
        assert child.stderr_tail() == "webhook True /qq"
        assert child.webhook_url.endswith("/qq")


def test_others_are_not(stand_in, monkeypatch):
    monkeypatch.setenv("FAKEQQ_WEBHOOK_PORT", "1")
    script = "import os; print(os.environ['FAKEQQ_TRANSPORT'], 'FAKEQQ_WEBHOOK_PORT' in os.environ)"
    with start([sys.executable, "-c", script], stand_in.ready, app_id="1", secret="2", via=Via.ENV) as child:
        child.wait(SOON)
        assert child.stderr_tail() == "websocket False"
        assert child.webhook_url is None
        assert not child.is_listening()


@pytest.mark.parametrize("via", WAYS)
def test_who_does_not_listen_is_not_reached(stand_in, via):
    with child_of(stand_in, via, SILENT) as child:
        assert not child.is_listening()
        try:
            assert exchange(child, b"") == b""
        except ConnectionRefusedError:
            assert via is not Via.NETNS  # there, somebody outside has to take the call first


@needs_namespaces
def test_nothing_of_the_way_in_survives_the_child(stand_in):
    with child_of(stand_in, Via.NETNS, ECHO) as child:
        eventually(child.is_listening)
        group = child.pid
        assert len(alive_in(group)) == 2
    eventually(lambda: not alive_in(group))
    with pytest.raises(ConnectionRefusedError):
        call(child)


@needs_namespaces
def test_the_child_gets_no_descriptor_and_no_process_of_the_way_in(stand_in):
    script = (
        "import os\n"
        "print(sorted(os.listdir('/proc/self/fd'))[:3], len(os.listdir('/proc/self/fd')))\n"
        "try: os.waitpid(-1, os.WNOHANG)\n"
        "except ChildProcessError: print('no child')"
    )
    with child_of(stand_in, Via.NETNS, script) as child:
        child.wait(SOON)
        assert child.stderr_tail() == "['0', '1', '2'] 4\nno child"


@needs_namespaces
def test_the_output_ends_with_the_program(stand_in):
    with child_of(stand_in, Via.NETNS, "print('bye')") as child:
        began = time.monotonic()
        child.wait(SOON)
        assert child.stderr_tail() == "bye"
        assert time.monotonic() - began < SOON / 2


@pytest.fixture
def relayed():
    """A relay in this process: the listener to be called, the one that it leads to, and the word to stop it."""
    outer, inner = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
    address, (heard, said) = outer.getsockname(), os.pipe()
    thread = threading.Thread(target=relay.serve, args=(outer, inner.getsockname()[1], heard))
    inner.settimeout(SOON)
    yield address, inner, thread, lambda: os.write(said, b".")
    thread.join(SOON)
    inner.close()
    os.close(heard)
    os.close(said)


def test_what_is_on_its_way_at_the_end_arrives(relayed):
    address, inner, thread, stop = relayed
    thread.start()
    with socket.create_connection(address, timeout=SOON) as caller:
        program, _ = inner.accept()
        with program:
            stop()
            caller.sendall(b"late")
            caller.shutdown(socket.SHUT_WR)
            assert program.recv(100) == b"late"
            assert program.recv(100) == b""
            program.sendall(b"later")
        assert caller.recv(100) == b"later"
        assert caller.recv(100) == b""
    thread.join(SOON)
    assert not thread.is_alive()


def test_more_than_it_bears_wait_their_turn(relayed, monkeypatch):
    monkeypatch.setattr(relay, "CONNECTIONS", 1)
    address, inner, thread, stop = relayed
    thread.start()
    with socket.create_connection(address, timeout=SOON) as first:
        held, _ = inner.accept()
        with socket.create_connection(address, timeout=SOON) as second:
            second.sendall(b"second")
            inner.settimeout(0.3)
            with pytest.raises(TimeoutError):
                inner.accept()
            inner.settimeout(SOON)
            first.close()
            held.close()
            program, _ = inner.accept()
            with program:
                assert program.recv(100) == b"second"
    stop()


def test_a_program_that_stops_reading_can_still_answer(relayed):
    address, inner, thread, stop = relayed
    thread.start()
    with socket.create_connection(address, timeout=SOON) as caller:
        program, _ = inner.accept()
        with program:
            program.shutdown(socket.SHUT_RD)
            caller.sendall(b"x" * 100)
            program.sendall(b"413")
        assert caller.recv(100) == b"413"
    stop()


@pytest.mark.parametrize("via", WAYS)
def test_the_platform_delivers_into_the_childs_world(via):
    with ServerProcess() as server, Control(server.ready.control_url) as control:
        world = control.create_world(own_door=True)
        with start(
            [sys.executable, "-m", "reference_client"],
            server.ready.through(world.door),
            app_id=world.app_id,
            secret=world.secret,
            via=via,
            webhook_path="/qq",
        ) as child:
            eventually(child.is_listening)
            world.webhook(child.webhook_url, deliveries=1)
            assert world.validate_webhook(timeout=SOON)["valid"]
            world.say("by webhook")
            (seen,) = world.wait({"kind": "user.sees"}, timeout=SOON)
            assert seen["text"] == "by webhook"
            assert world.redeliver(timeout=SOON)["acked"]
            assert world.push("forged", tamper="unsigned", timeout=SOON)["status"] == 401
            assert world.push("pretty", style="pretty", timeout=SOON)["acked"]
            assert world.change_secret("another") == world.secret == "another"
            assert not world.validate_webhook(timeout=SOON)["valid"]
            assert child.terminate(SOON) == 0
