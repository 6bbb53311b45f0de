"""Listening sockets handed in over a unix socket."""

import asyncio
import json
import os
import socket
import ssl
import stat
from pathlib import Path

import pytest

from fakeqq.launch import certificates
from web.live import serving, until


def open_handles():
    return {handle.name for handle in Path("/proc/self/fd").iterdir()}


class Visitor:
    """One visit to the adoption desk."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.setblocking(False)
        self.socket.connect(path)

    def hand_in(self, message, *handed):
        raw = message if isinstance(message, bytes) else json.dumps(message).encode()
        socket.send_fds(self.socket, [raw], [each.fileno() for each in handed])

    async def answer(self):
        return json.loads(await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.socket, 4096), 5))

    def leave(self):
        self.socket.close()


@pytest.fixture
def visit(live):
    visitors = []

    def enter():
        visitors.append(Visitor(live.ready["adopt_socket"]))
        return visitors[-1]

    yield enter
    for visitor in visitors:
        visitor.leave()


@pytest.fixture
def listening():
    made = socket.create_server(("127.0.0.1", 0))
    yield made
    made.close()


async def test_the_desk_is_private(live):
    path = Path(live.ready["adopt_socket"])
    assert [stat.S_IMODE(os.stat(each).st_mode) for each in (path, path.parent)] == [0o600, 0o700]  # noqa: PTH116


async def test_a_handed_socket_serves_until_its_bringer_leaves(live, visit, listening):
    port = listening.getsockname()[1]
    visitor = visit()
    visitor.hand_in({"tls": False}, listening)
    assert await visitor.answer() == {"ok": True}
    listening.close()
    async with live.http.get(f"http://127.0.0.1:{port}/_fakeqq/health") as answer:
        assert answer.status == 200
    visitor.leave()
    await until(lambda: len(live.server._listeners._open) == 1)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_handed_socket_can_be_a_worlds_door(live, visit, listening):
    _, made = await live.control("POST", "/worlds")
    visitor = visit()
    visitor.hand_in({"tls": False, "app_id": made["app_id"]}, listening)
    assert await visitor.answer() == {"ok": True}
    async with live.http.get(f"http://127.0.0.1:{listening.getsockname()[1]}/gateway") as answer:
        await answer.read()
    _, journal = await live.control("GET", f"/worlds/{made['app_id']}/journal")
    assert [entry["kind"] for entry in journal["entries"]] == ["http.request", "http.response"]


async def test_a_handed_socket_can_speak_tls(tmp_path, listening):
    files = certificates.issue(tmp_path)
    async with serving(tls_port=0, tls_chain=files.chain, tls_key=files.key) as live:
        visitor = Visitor(live.ready["adopt_socket"])
        visitor.hand_in({"tls": True}, listening)
        assert await visitor.answer() == {"ok": True}
        context = ssl.create_default_context(cafile=files.ca)
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/_fakeqq/health"
        async with live.http.get(url, ssl=context) as answer:
            assert answer.status == 200
        visitor.leave()


@pytest.mark.parametrize(
    "message",
    [b"", b"{", b"null", b"5", b"\xff", b"[" * 4000, {}, {"tls": 1}, {"tls": None}, {"tls": False, "app_id": 5},
     {"tls": True}],
    ids=lambda message: ascii(message)[:20],
)  # fmt: skip
async def test_a_wish_that_makes_no_sense_is_refused(visit, listening, message):
    visitor = visit()
    visitor.hand_in(message or b" ", listening)
    assert (await visitor.answer())["ok"] is False


async def test_no_socket_and_two_sockets_are_refused(visit, listening):
    for handed in ((), (listening, listening)):
        visitor = visit()
        visitor.hand_in({"tls": False}, *handed)
        assert (await visitor.answer())["ok"] is False


@pytest.mark.parametrize("kind", ["udp", "unix", "file", "pipe", "connected"])
async def test_what_is_no_listening_tcp_socket_is_refused_and_closed(visit, tmp_path, kind):
    before = open_handles()
    visitor = visit()
    if kind == "udp":
        handed = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    elif kind == "unix":
        handed = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    elif kind == "connected":
        handed, other = socket.socketpair()
        other.close()
    elif kind == "pipe":
        read, write = os.pipe()
        os.close(write)
        handed = os.fdopen(read, "rb")
    else:
        handed = (tmp_path / "file").open("wb")
    visitor.hand_in({"tls": False}, handed)
    handed.close()
    assert (await visitor.answer())["ok"] is False
    visitor.leave()
    await until(lambda: not open_handles() - before)


async def test_visitors_that_leave_at_once_leave_nothing(live, visit):
    for _ in range(5):
        visit().leave()
    async with live.online():
        pass
    await until(lambda: not live.server._desk._visits)


async def test_a_stopping_server_lets_go_of_handed_sockets(listening):
    async with serving() as live:
        visitor = Visitor(live.ready["adopt_socket"])
        visitor.hand_in({"tls": False}, listening)
        assert await visitor.answer() == {"ok": True}
        path = Path(live.ready["adopt_socket"])
    assert not path.parent.exists()
    visitor.leave()
