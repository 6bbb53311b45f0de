"""A world's door is closed for programs of their own, on the server's fast event loop, and inside a namespace."""

import errno
import socket
import sys

import pytest

from fakeqq.launch import netns
from fakeqq.launch.child import start
from fakeqq.launch.control import Control, ControlError
from fakeqq.launch.server import ServerProcess
from fakeqq.launch.via import Via

needs_namespaces = pytest.mark.skipif(netns.obstacle() is not None, reason=str(netns.obstacle()))

# Connects to each address again and again, and prints what the kernel says whenever that changes.
KNOCK = """
import errno, socket, sys, time
addresses = [(host, int(port)) for host, port in (each.rsplit(":", 1) for each in sys.argv[1:])]
before = None
while True:
    said = []
    for address in addresses:
        with socket.socket() as handle:
            said.append(errno.errorcode.get(handle.connect_ex(address), "in"))
    if said != before:
        print(*said, flush=True)
        before = said
    time.sleep(0.01)
"""


@pytest.fixture(scope="module")
def server():
    with ServerProcess() as server:
        yield server


@pytest.fixture
def control(server):
    with Control(server.ready.control_url) as control:
        yield control


def knock(port):
    with socket.socket() as handle:
        return errno.errorcode.get(handle.connect_ex(("127.0.0.1", port)), "in")


def test_connections_are_refused_and_let_in(control):
    world = control.create_world(own_door=True)
    ports = [world.door["port"], world.door["tls_port"]]
    with socket.create_connection(("127.0.0.1", ports[0])) as inside:
        for _ in range(3):
            assert world.refuse_connections() == {"open": False}
            assert [knock(port) for port in ports] == ["ECONNREFUSED"] * 2
            assert world.refuse_connections(False) == {"open": True}
            assert [knock(port) for port in ports] == ["in"] * 2
        inside.sendall(b"GET /gateway HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        while not answer.endswith(b"}"):
            answer += inside.recv(1000)
        assert answer.startswith(b"HTTP/1.1 401 ")
        world.refuse_connections(drop=True)
        with pytest.raises(ConnectionResetError):
            inside.recv(1000)
    world.delete()


def test_a_world_behind_the_common_door_cannot_close_it(control):
    world = control.create_world()
    with pytest.raises(ControlError, match="own_door") as refused:
        world.refuse_connections()
    assert refused.value.code == "no_own_door"
    world.delete()


@needs_namespaces
def test_a_program_in_a_namespace_is_refused_too(server, control):
    world = control.create_world()
    addresses = ["198.18.0.1:443", f"127.0.0.1:{server.ready.port}"]
    command = [sys.executable, "-c", KNOCK, *addresses]
    with start(command, server.ready, app_id=world.app_id, secret=world.secret, via=Via.NETNS) as child:
        wait_for_last_line(child, "in in")
        for _ in range(2):
            world.refuse_connections()
            wait_for_last_line(child, "ECONNREFUSED ECONNREFUSED")
            world.refuse_connections(False)
            wait_for_last_line(child, "in in")
    world.delete()


def wait_for_last_line(child, line):
    with child._tail.grown:
        assert child._tail.grown.wait_for(lambda: child._tail.text().endswith(f"{line}\n"), timeout=30)
