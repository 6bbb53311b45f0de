"""The gateway over real sockets: endings, faults on the wire, what no bot should send."""

import asyncio
import contextlib
import json
import struct

import aiohttp
import pytest
from websockets.exceptions import InvalidMessage, InvalidStatus

from fakeqq.core.gateway.connection import Connection
from fakeqq.web.sockets import GatewaySocket
from fakeqq.wire import limits
from fakeqq.wire.errors import error_row
from web.by_hand import Raw
from web.live import C2C, ended, fault, until


@pytest.mark.parametrize("path", ["/websocket", "/websocket/", "/websocket?x=1"])
async def test_hello_is_the_first_frame(live, path):
    async with live.socket(live.base.replace("http", "ws") + path) as socket:
        assert await socket.recv() == '{"op":10,"d":{"heartbeat_interval":41250}}'


@pytest.mark.parametrize("path", ["/", "/websocket2", "/websocket/x", "/v2/websocket", "/gateway", "/_fakeqq/health"])
async def test_an_upgrade_at_another_path_is_not_found_and_noted(live, path):
    with pytest.raises(InvalidStatus) as refused:
        async with live.socket(live.base.replace("http", "ws") + path + "?a=b"):
            pass
    answer = refused.value.response
    row = error_row("not_found")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")
    assert json.loads(answer.body)["code"] == row.code
    (request, noted) = (await live.do("GET", "/journal"))["entries"]
    assert (request["operation"], request["path"], request["query"]) == (None, path, "a=b")
    assert (noted["status"], noted["error"], noted["unmodelled"], noted["request"]) == (
        404, "not_found", True, request["id"],
    )  # fmt: skip
    assert len(answer.headers["x-tps-trace-id"]) == 32


async def test_the_close_frame_waits_for_the_clients_before_tcp_goes(live):
    raw = await Raw.open(live.ready["port"])
    assert (await raw.head()).startswith("HTTP/1.1 101 ")
    await raw.frame()
    await live.do("POST", "/connections/close", {"code": 4009})
    assert await raw.frame() == (8, struct.pack("!H", 4009) + b"Session timed out")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(raw.reader.read(1), 0.2)
    raw.send(8, struct.pack("!H", 4009))
    assert await asyncio.wait_for(raw.reader.read(), 5) == b""
    await raw.close()


async def test_aiohttp_reads_the_close_code(live):
    async with live.http.ws_connect(live.ready["gateway_url"]) as socket:
        await socket.receive()
        await live.do("POST", "/connections/close", {"code": 4004})
        message = await socket.receive()
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 4004)
    await live.wait({"kind": "ws.close", "by": "server", "code": 4004})


@pytest.mark.parametrize("code", [1000, 1001, 1012, 3000, 4000, 4009, 4914])
async def test_any_code_and_reason_reaches_the_bot(live, code):
    async with live.online() as socket:
        await live.do("POST", "/connections/close", {"code": code, "reason": "你" * 41})
        assert await ended(socket) == code
        assert socket.close_reason == "你" * 41


async def test_a_drop_gives_no_close_frame(live):
    raw = await Raw.open(live.ready["port"])
    await raw.head()
    await raw.frame()
    await live.do("POST", "/connections/drop")
    with contextlib.suppress(ConnectionResetError):  # the other way in which TCP can end
        assert await asyncio.wait_for(raw.reader.read(), 5) == b""
    await raw.close()


async def test_who_left_first_is_told(live):
    async with live.online() as socket:
        await socket.close(3999, "bye")
    (entry,) = await live.wait({"kind": "ws.close"})
    assert (entry["by"], entry["code"], entry["reason"]) == ("client", 3999, "bye")
    raw = await Raw.open(live.ready["port"])
    await raw.head()
    await raw.close()
    entries = await live.wait({"kind": "ws.close"}, count=2)
    assert (entries[1]["by"], entries[1]["code"]) == ("client", None)
    assert live.world.connections == {}


async def test_a_binary_message_costs_4002(live):
    async with live.online() as socket:
        await socket.send(b'{"op":1,"d":1}')
        assert await ended(socket) == 4002


async def test_text_that_is_not_utf_8_costs_1007(live):
    raw = await Raw.open(live.ready["port"])
    await raw.head()
    await raw.frame()
    raw.send(1, b"\xff\xfe")
    opcode, payload = await raw.frame()
    assert (opcode, payload[:2]) == (8, struct.pack("!H", 1007))
    (entry,) = await live.wait({"kind": "ws.close"})
    assert (entry["by"], entry["code"]) == ("server", 1007)
    await raw.close()


async def test_an_oversized_message_costs_1009(live):
    async with live.online() as socket:
        await socket.send("x" * (int(limits.MAX_FRAME_BYTES.value) + 1))
        assert await ended(socket) == 1009
    (entry,) = await live.wait({"kind": "ws.close"})
    assert (entry["by"], entry["code"]) == ("server", 1009)


async def test_a_message_of_the_largest_size_is_heard(live):
    async with live.online() as socket:
        frame = json.dumps({"op": 1, "d": ""})
        padding = int(limits.MAX_FRAME_BYTES.value) - len(frame)
        await socket.send(json.dumps({"op": 1, "d": "x" * padding}))
        assert json.loads(await socket.recv()) == {"op": 11}


async def test_a_message_in_pieces_is_one_message(live):
    async with live.online() as socket:
        await socket.send(['{"op":', "1,", '"d":1}'])
        assert json.loads(await socket.recv()) == {"op": 11}


async def test_pings_are_answered(live):
    async with live.online() as socket:
        await asyncio.wait_for(await socket.ping(), 5)


@pytest.mark.parametrize("first", [0x90, 0xA0, 0xC0])
async def test_a_broken_frame_costs_1002(live, first):
    raw = await Raw.open(live.ready["port"])
    await raw.head()
    await raw.frame()
    raw.send(1, b"{}", first=first)
    opcode, payload = await raw.frame()
    assert (opcode, payload[:2]) == (8, struct.pack("!H", 1002))
    await raw.close()


UPGRADE = b"HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"


@pytest.mark.parametrize(
    "request_",
    [
        b"POST /websocket " + UPGRADE + b"\r\n",
        b"GET /websocket " + UPGRADE + b"\r\n",
        b"GET /websocket " + UPGRADE + b"Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n",
        b"GET /websocket " + UPGRADE + KEY + b"Sec-WebSocket-Version: 7\r\n\r\n",
        b"GET /websocket " + UPGRADE + b"X: y\r\n" * 500 + b"\r\n",
    ],
    ids=["post", "no key", "bad key", "old version", "many headers"],
)
async def test_a_broken_upgrade_is_refused_without_a_fault_of_ours(live, request_):
    raw = await Raw.open(live.ready["port"], request_)
    try:
        answer = await asyncio.wait_for(raw.reader.read(), 5)
    except ConnectionResetError:
        answer = b""
    assert not answer.startswith(b"HTTP/1.1 5")
    await raw.close()
    async with live.online():
        pass


@pytest.mark.parametrize("headers", [{"X-Note": "caf\u00e9"}, {"Authorization": "QQBot x", "X-Union-Appid": "1"}])
async def test_extra_headers_of_an_upgrade_are_tolerated(live, headers):
    async with live.online(additional_headers=headers):
        pass


GOOD_UPGRADE = b"GET /websocket " + UPGRADE + KEY + b"Sec-WebSocket-Version: 13\r\n\r\n"


def masked(opcode, payload):
    head = bytes([0x80 | opcode, 0xFE]) + struct.pack("!H", len(payload))
    return head + b"\0\0\0\0" + payload


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("cut", [None, 0, 1, 5, 50], ids=str)
async def test_a_bot_that_speaks_before_the_upgrade_is_answered_is_heard(live, cut, late):
    if late:
        await live.faults(fault("connect", {"verb": "delay", "seconds": 0.1}))
    identify = json.dumps({"op": 2, "d": {"token": f"QQBot {await live.token()}", "intents": C2C}}).encode()
    said = b"\x89\x81\0\0\0\0x" + masked(1, identify) + masked(1, b'{"op":1,"d":1}')
    raw = await Raw.open(live.ready["port"], GOOD_UPGRADE + (said if cut is None else said[:cut]))
    if cut is not None:
        await asyncio.sleep(0.02)  # another packet
        raw.writer.write(said[cut:])
    assert (await raw.head()).startswith("HTTP/1.1 101 ")
    async with asyncio.timeout(5):
        heard = [await raw.frame() for _ in range(4)]
    texts = [json.loads(payload) for opcode, payload in heard if opcode == 1]
    assert [opcode for opcode, _ in heard if opcode != 1] == [10]
    assert [text.get("t") or text["op"] for text in texts] == [10, "READY", 11]
    await raw.close()


async def test_what_is_said_before_a_late_upgrade_has_a_bound(live):
    await live.faults(fault("connect", {"verb": "hang"}))
    raw = await Raw.open(live.ready["port"], GOOD_UPGRADE)
    await live.wait({"kind": "fault"})
    with contextlib.suppress(OSError):
        for _ in range(40):
            raw.writer.write(b"x" * 100_000)
            await raw.writer.drain()
        assert await asyncio.wait_for(raw.reader.read(), 5) == b""
    raw.writer.transport.abort()
    state = live.server._listeners._state
    await until(lambda: not any(isinstance(connection, GatewaySocket) for connection in state.connections))


async def test_a_bot_may_say_goodbye_before_the_upgrade_is_answered(live):
    raw = await Raw.open(live.ready["port"], GOOD_UPGRADE + b"\x88\x82\0\0\0\0" + struct.pack("!H", 1000))
    assert (await raw.head()).startswith("HTTP/1.1 101 ")
    await raw.reader.read()
    await live.wait({"kind": "ws.close", "by": "client", "code": 1000})
    await raw.close()


# -- connect faults -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [403, 429, 500, 503])
async def test_an_upgrade_can_be_refused(live, status):
    await live.faults(fault("connect", {"verb": "refuse", "status": status}))
    with pytest.raises(InvalidStatus) as refused:
        async with live.socket():
            pass
    assert refused.value.response.status_code == status
    async with live.online():
        pass
    await live.wait({"kind": "fault", "moment": "connect"})


async def test_an_upgrade_can_be_cut(live):
    await live.faults(fault("connect", "disconnect"))
    with pytest.raises((InvalidMessage, ConnectionError, EOFError)):
        async with live.socket():
            pass
    async with live.online():
        pass


async def test_an_upgrade_can_hang_until_the_client_gives_up(live):
    await live.faults(fault("connect", "hang"))
    with pytest.raises(TimeoutError):
        async with live.socket(open_timeout=0.2):
            pass
    async with live.online():
        pass


async def test_an_upgrade_can_be_late(live):
    await live.faults(fault("connect", {"verb": "delay", "seconds": 0.05}))
    async with live.online():
        pass


async def test_a_client_may_leave_before_its_late_upgrade(live):
    await live.do("POST", "/clock", {"speed": 100})
    await live.faults(fault("connect", {"verb": "delay", "seconds": 20}))
    with pytest.raises(TimeoutError):
        async with live.socket(open_timeout=0.05):
            pass
    await live.wait({"kind": "fault"})
    async with live.online():
        await until(lambda: not live.server._listeners._state.tasks)


async def test_a_fault_of_our_own_ends_the_connection_and_is_told(live, monkeypatch, complaints):
    async with live.online() as socket:
        monkeypatch.setattr(Connection, "receive", lambda *_: 1 / 0)
        await socket.send('{"op":1,"d":1}')
        assert await ended(socket) == 1006
    assert [record.partition(" at ")[0] for record in complaints.records] == ["a fault of fakeqq's own"]
    complaints.records.clear()
    (closed,) = await live.wait({"kind": "ws.close"})
    assert closed["by"] == "server"


# -- frame faults on the wire ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "code"), [({"verb": "close", "code": 4903}, 4903), ("disconnect", 1006)], ids=["close", "disconnect"]
)
async def test_ready_can_be_the_last_word(live, verb, code):
    await live.faults(fault("ws: READY", verb))
    async with live.online() as socket:
        assert await ended(socket) == code


async def test_garbage_and_delay_on_the_wire(live):
    await live.faults(fault("ws: ACK", "garbage"), fault("dispatch: *", {"verb": "delay", "seconds": 0.05}))
    async with live.online() as socket:
        await socket.send('{"op":1,"d":1}')
        assert await socket.recv() == '{"op":0,"s":'
        await live.do("POST", "/say", {"text": "late"})
        assert json.loads(await socket.recv())["d"]["content"] == "late"


async def test_a_faster_clock_brings_what_is_pending_forward(live):
    await live.faults(fault("dispatch: *", {"verb": "delay", "seconds": 500}))
    async with live.online() as socket:
        await live.do("PATCH", "/settings", {"switches": {"missed_heartbeats": "ignore"}})
        await live.do("POST", "/say", {"text": "late"})
        await live.do("POST", "/clock", {"speed": 1000})
        message = json.loads(await asyncio.wait_for(socket.recv(), 5))
        assert message["d"]["content"] == "late"


async def test_shorter_heartbeats_are_demanded_of_those_who_were_told(live):
    async with live.online() as before:
        await live.do("PATCH", "/settings", {"heartbeat_interval_ms": 50})
        async with live.online() as after:
            assert await asyncio.wait_for(ended(after), 5) == 1006
        await before.send('{"op":1,"d":1}')
        assert json.loads(await before.recv())["op"] == 11


async def test_a_silent_bot_is_dropped(live):
    await live.do("PATCH", "/settings", {"heartbeat_interval_ms": 50})
    async with live.online() as socket:
        assert await asyncio.wait_for(ended(socket), 5) == 1006
