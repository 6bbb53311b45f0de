"""Faults that touch the socket itself: what a client over real TCP meets, and what the journal shows of it."""

import asyncio
import contextlib
import json
import struct
import time

import pytest
from websockets.exceptions import ConnectionClosed, InvalidMessage

from web.live import serving

GATEWAY = "GET /gateway"


@pytest.fixture
async def live():
    async with serving() as server:
        yield server


class Plain:
    """TCP by hand: which bytes come, and how it ends."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    async def rest(self, limit=2.0):
        """Everything until the end, and the end: `eof`, `reset`, or `open` when none came in time."""
        data = b""
        while True:
            try:
                async with asyncio.timeout(limit):
                    part = await self.reader.read(65536)
            except ConnectionResetError:
                return data, "reset"
            except TimeoutError:
                return data, "open"
            if not part:
                return data, "eof"
            data += part


@contextlib.asynccontextmanager
async def tcp(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Plain(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def asked(live, path="/gateway"):
    """A request whose answer is read by hand."""
    token = await live.token()
    async with tcp(live.ready["port"]) as plain:
        plain.writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: QQBot {token}\r\n\r\n".encode())
        yield plain


def masked(text):
    payload = text.encode()
    head = struct.pack("!BB", 0x81, 0x80 | len(payload)) if len(payload) < 126 else struct.pack(
        "!BBH", 0x81, 0xFE, len(payload)
    )  # fmt: skip
    return head + b"\0\0\0\0" + payload


@contextlib.asynccontextmanager
async def upgraded(live):
    """A gateway socket by hand, logged in, with HELLO and READY read away."""
    async with tcp(live.ready["port"]) as plain:
        plain.writer.write(
            b"GET /websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        await plain.reader.readuntil(b"\r\n\r\n")
        token = await live.token()
        plain.writer.write(masked(json.dumps({"op": 2, "d": {"token": f"QQBot {token}", "intents": 1 << 25}})))
        await plain.reader.readuntil(b'"shard":[0,1]}}')
        yield plain


async def set_fault(live, on, *verbs, **more):
    await live.faults({"name": "the-fault", "on": on, "do": list(verbs), **more})


async def fired(live):
    return await live.wait({"kind": "fault", "fault": "the-fault"})


# -- frames -----------------------------------------------------------------------------------------------------


async def test_reset_after_a_frame(live):
    async with upgraded(live) as plain:
        await set_fault(live, "dispatch: *", {"verb": "reset"})
        await live.do("POST", "/say", {"text": "ping"})
        data, end = await plain.rest()
    assert end == "reset"
    assert b"ping" in data, "the frame itself arrives"
    await fired(live)
    (closed,) = await live.wait({"kind": "ws.close"})
    assert (closed["by"], closed["code"]) == ("server", None)


async def test_cut_in_the_middle_of_a_frame(live):
    async with upgraded(live) as plain:
        await set_fault(live, "dispatch: *", {"verb": "cut", "bytes": 10})
        await live.do("POST", "/say", {"text": "ping"})
        data, end = await plain.rest()
    assert end == "eof"
    assert len(data) == 10
    (sent,) = await live.wait({"kind": "ws.out", "t": "C2C_MESSAGE_CREATE"})
    assert sent["cut"] == 10


async def test_half_open_hears_nothing_and_stays(live):
    async with live.online() as socket:
        await set_fault(live, "dispatch: *", {"verb": "half-open"})
        await live.do("POST", "/say", {"text": "ping"})
        assert json.loads(await socket.recv())["t"] == "C2C_MESSAGE_CREATE"
        await fired(live)
        mark = live.world.journal.last_id
        await socket.send('{"op":1,"d":1}')
        pong = await socket.ping()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.3)
        assert not pong.done(), "pings are not answered either"
        await live.do("POST", "/say", {"text": "still here"})
        assert "still here" in await socket.recv()
        assert all(entry["kind"] != "ws.in" for entry in live.world.journal.since(mark))
        await live.do("POST", "/connections/drop")


async def test_stall_lets_nothing_out(live):
    async with live.online() as socket:
        await live.do("POST", "/connections/stall")
        await live.do("POST", "/say", {"text": "ping"})
        await socket.send('{"op":1,"d":1}')
        await live.wait({"kind": "ws.in", "op": 1})
        pong = await socket.ping()
        await live.do("POST", "/connections/close", {"code": 4009})
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.3)
        assert not pong.done()
        kinds = [entry["kind"] for entry in live.world.journal.since(0) if entry.get("t") != "READY"]
        assert "ws.close" not in kinds
        await live.do("POST", "/connections/drop")
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 2)


async def test_slow_drip_takes_its_time(live):
    async with upgraded(live) as plain:
        await set_fault(live, "dispatch: *", {"verb": "slow-drip", "bytes_per_second": 2000})
        started = time.monotonic()
        await live.do("POST", "/say", {"text": "x" * 1000})
        first = await plain.reader.read(65536)
        data = first + await plain.reader.readuntil(b'"message_type":0}}')
        took = time.monotonic() - started
    assert len(first) < 500
    assert len(data) > 1000
    assert took > 0.4
    await fired(live)


async def test_oversized_frames_and_what_the_journal_shows(live):
    async with live.socket(max_size=None) as socket:
        await live.login(socket)
        await set_fault(live, "dispatch: *", {"verb": "oversized", "bytes": 2_000_000})
        await live.do("POST", "/say", {"text": "ping"})
        text = await socket.recv()
        assert len(text.encode()) == 2_000_000
        assert json.loads(text)["t"] == "C2C_MESSAGE_CREATE"
    (sent,) = await live.wait({"kind": "ws.out", "t": "C2C_MESSAGE_CREATE"})
    assert "padding" not in sent["frame"]


async def test_frames_nobody_knows(live):
    async with live.socket() as socket:
        token = await live.token()
        assert json.loads(await socket.recv())["op"] == 10
        await set_fault(live, "ws: READY", {"verb": "unknown-op"}, {"verb": "heartbeat"}, {"verb": "unknown-event"})
        await socket.send(json.dumps({"op": 2, "d": {"token": f"QQBot {token}", "intents": 1 << 25}}))
        frames = [json.loads(await socket.recv()) for _ in range(4)]
        await live.do("POST", "/say", {"text": "ping"})
        frames.append(json.loads(await socket.recv()))
    assert [(frame["op"], frame.get("t"), frame.get("s")) for frame in frames] == [
        (99, None, None), (1, None, None), (0, "READY", 1), (0, "FAKEQQ_UNKNOWN_EVENT", 2),
        (0, "C2C_MESSAGE_CREATE", 3),
    ]  # fmt: skip
    assert frames[1]["d"] == 1
    sent = await live.wait({"kind": "ws.out", "op": {"in": [99, 1]}}, count=2)
    assert [entry["op"] for entry in sent] == [99, 1]


async def test_a_heartbeat_from_the_server_on_demand(live):
    async with live.online() as socket:
        await live.do("POST", "/connections/heartbeat")
        assert json.loads(await socket.recv()) == {"op": 1, "d": 1}


@pytest.mark.parametrize("verb", ["reset", "half-open", "stall"])
async def test_at_a_received_frame(live, verb):
    async with live.online() as socket:
        await set_fault(live, "receive: HEARTBEAT", {"verb": verb})
        await socket.send('{"op":1,"d":1}')
        await fired(live)
        if verb == "reset":
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(socket.recv(), 2)
        else:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(socket.recv(), 0.2)
            await live.do("POST", "/connections/drop")


@pytest.mark.parametrize("route", ["reset", "half-open", "stall"])
async def test_on_demand(live, route):
    async with live.online():
        answer = await live.do("POST", f"/connections/{route}")
        assert answer["connections"] == [1]
        await live.wait({"kind": "control", "action": route})
        if route != "reset":
            await live.do("POST", "/connections/drop")


async def test_reset_instead_of_the_upgrade(live):
    await set_fault(live, "connect", {"verb": "reset"})
    with pytest.raises((OSError, EOFError, InvalidMessage)):
        async with live.socket():
            pass
    await fired(live)


# -- answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("effect", ["before", "after"])
async def test_reset_instead_of_an_answer(live, effect):
    await set_fault(live, f"http: {GATEWAY}", {"verb": "reset", "effect": effect})
    async with asked(live) as plain:
        data, end = await plain.rest()
    assert (data, end) == (b"", "reset")
    (answer,) = await live.wait({"kind": "http.response", "operation": GATEWAY})
    assert (answer["status"], answer["fault"]) == (None, "the-fault")


async def test_half_open_before_an_answer(monkeypatch, live):
    # A request without an answer is under way for as long as a server that stops waits for such.
    monkeypatch.setattr("fakeqq.web.listeners._FAREWELL_SECONDS", 0.01)
    await set_fault(live, f"http: {GATEWAY}", {"verb": "half-open"})
    async with asked(live) as plain:
        assert await plain.rest(0.3) == (b"", "open")
    await fired(live)


async def test_stall_in_an_answers_body(live):
    await set_fault(live, f"http: {GATEWAY}", {"verb": "stall", "bytes": 5})
    async with asked(live) as plain:
        data, end = await plain.rest(0.3)
    assert end == "open"
    assert data.partition(b"\r\n\r\n")[2] == b'{"url'
    (answer,) = await live.wait({"kind": "http.response", "operation": GATEWAY})
    assert answer["body"] == '{"url'


async def test_slow_drip_of_an_answers_body(live):
    await set_fault(live, f"http: {GATEWAY}", {"verb": "slow-drip", "bytes_per_second": 100})
    started = time.monotonic()
    answer = await live.call("GET", "/gateway")
    assert json.loads(answer.body)["url"].endswith("/websocket")
    assert time.monotonic() - started > len(answer.body) / 100 * 0.7
    await fired(live)
