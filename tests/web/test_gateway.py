"""The gateway over real sockets: endings, faults on the wire, what no bot should send."""

import asyncio
import contextlib
import json
import struct

import aiohttp
import pytest
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus

from fakeqq.core.gateway.connection import Connection
from fakeqq.web.sockets import GatewaySocket
from fakeqq.wire import limits
from fakeqq.wire.errors import error_row
from web.live import C2C, serving, until


def fault(on, *do, **more):
    return {"name": "f", "on": on, "do": [verb if isinstance(verb, dict) else {"verb": verb} for verb in do], **more}


async def ended(socket):
    """The close code the client saw; 1006 when no close frame came."""
    try:
        while True:
            await socket.recv()
    except ConnectionClosed:
        return socket.close_code


class Raw:
    """A WebSocket spoken by hand, to see which bytes come and when TCP ends."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port, request=None):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            request
            or b"GET /websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        return cls(reader, writer)

    async def head(self):
        return (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")

    async def frame(self):
        """Opcode and payload of the next frame."""
        first, length = await self.reader.readexactly(2)
        if length == 126:
            (length,) = struct.unpack("!H", await self.reader.readexactly(2))
        return first & 0x0F, await self.reader.readexactly(length)

    def send(self, opcode, payload=b"", *, first=0x80, length=None):
        size = len(payload) if length is None else length
        head = bytes([first | opcode, 0x80 | size]) if size < 126 else (
            bytes([first | opcode, 0xFE]) + struct.pack("!H", size) if size < 65536
            else bytes([first | opcode, 0xFF]) + struct.pack("!Q", size)
        )  # fmt: skip
        self.writer.write(head + b"\0\0\0\0" + payload)

    async def close(self):
        self.writer.close()
        with contextlib.suppress(OSError):  # the server was first
            await self.writer.wait_closed()


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


# -- leaving in the middle ------------------------------------------------------------------------------------------


async def test_a_deleted_worlds_sockets_are_dropped(live):
    _, made = await live.control("POST", "/worlds")
    token = await live.token(made["app_id"], made["secret"])
    async with live.socket() as socket:
        await live.login(socket, token=token)
        await live.control("DELETE", f"/worlds/{made['app_id']}")
        assert await ended(socket) == 1006
    async with live.socket() as socket:
        await socket.recv()
        await socket.send(json.dumps({"op": 2, "d": {"token": f"QQBot {token}", "intents": C2C}}))
        assert await ended(socket) == 4004


async def test_a_world_may_go_while_its_door_is_being_entered(live):
    await live.do("POST", "/clock", {"speed": 100})
    await live.faults(fault("connect", {"verb": "delay", "seconds": 20}))
    token = await live.token()

    async def enter():
        async with live.socket() as socket:
            await socket.recv()
            await socket.send(json.dumps({"op": 2, "d": {"token": f"QQBot {token}", "intents": C2C}}))
            return await ended(socket)

    entering = asyncio.create_task(enter())
    await live.wait({"kind": "fault"})
    await live.do("POST", "/reset")
    assert await asyncio.wait_for(entering, 5) == 4004


@pytest.mark.parametrize("own_door", [True, False])
async def test_a_world_deleted_while_its_door_is_being_entered_takes_nobody_in(live, own_door):
    if own_door:
        _, made = await live.control("POST", "/worlds", {"own_door": True})
        app_id, url = made["app_id"], made["door"]["gateway_url"]
    else:
        app_id, url = live.app_id, live.ready["gateway_url"]
    world = live.server.platform.world(app_id)
    await live.control("POST", f"/worlds/{app_id}/clock", {"speed": 100})
    late = fault("connect", {"verb": "delay", "seconds": 20})
    await live.control("PUT", f"/worlds/{app_id}/faults", [late])

    async def enter():
        async with live.socket(url):
            pass

    entering = asyncio.create_task(enter())
    await until(lambda: [entry for entry in world.journal.since() if entry["kind"] == "fault"])
    await live.control("DELETE", f"/worlds/{app_id}")
    with pytest.raises(InvalidStatus) as refused:
        await asyncio.wait_for(entering, 5)
    assert refused.value.response.status_code == 404
    assert not [entry for entry in world.journal.since() if entry["kind"] == "ws.open"]


async def test_a_world_reset_while_its_door_is_being_entered_takes_in_as_the_new_one(live):
    await live.do("POST", "/clock", {"speed": 100})
    await live.faults(fault("connect", {"verb": "delay", "seconds": 20}))

    async def enter():
        async with live.socket() as socket:
            await socket.recv()

    entering = asyncio.create_task(enter())
    await live.wait({"kind": "fault"})
    await live.do("POST", "/reset")
    await asyncio.wait_for(entering, 5)
    await live.wait({"kind": "ws.open"})


async def test_bots_that_leave_in_the_middle_of_everything_leave_nothing_behind(live):
    token = await live.token()
    identify = json.dumps({"op": 2, "d": {"token": f"QQBot {token}", "intents": C2C}}).encode()
    for step in range(6):
        raw = await Raw.open(live.ready["port"])
        if step > 0:
            await raw.head()
        if step > 1:
            raw.send(1, identify)
        if step > 2:
            await raw.frame()
            await raw.frame()
        if step > 3:
            raw.send(1, b'{"op":1,', first=0)
        if step > 4:
            raw.send(1, b"x" * 100, length=1000)
        raw.writer.transport.abort()
    await live.wait({"kind": "ws.close"}, count=5)
    assert live.world.connections == {}
    async with live.online():
        assert (await live.do("POST", "/say", {"text": "ping"}))["delivered"] == 1


async def test_a_bot_that_does_not_read_is_dropped_in_the_end(live):
    raw = await Raw.open(live.ready["port"])
    raw.send(1, json.dumps({"op": 2, "d": {"token": f"QQBot {await live.token()}", "intents": C2C}}).encode())
    await live.wait({"kind": "ws.out", "t": "READY"})
    text = "x" * 1_000_000
    for _ in range(40):
        if (await live.do("POST", "/say", {"text": text}))["delivered"] == 0:
            break
    await live.wait({"kind": "ws.close", "by": "server"})
    raw.writer.transport.abort()


# -- doors ----------------------------------------------------------------------------------------------------------


async def test_a_world_with_a_door_of_its_own_owns_all_that_enters(live):
    _, made = await live.control("POST", "/worlds", {"own_door": True})
    door = made["door"]
    raw = await Raw.open(door["port"])
    await raw.head()
    await raw.frame()
    _, journal = await live.control("GET", f"/worlds/{made['app_id']}/journal")
    assert [entry["kind"] for entry in journal["entries"]] == ["ws.open", "ws.out"]
    await raw.close()
    async with live.http.get(door["api_base"] + "/gateway") as answer:
        assert (await answer.json())["code"] == 11241
    _, journal = await live.control("GET", f"/worlds/{made['app_id']}/journal?kind=http.request")
    assert [entry["path"] for entry in journal["entries"]] == ["/gateway"]
    await live.control("DELETE", f"/worlds/{made['app_id']}")
    with pytest.raises(OSError, match="Connect"):
        await asyncio.open_connection("127.0.0.1", door["port"])


async def test_two_doors_are_two_worlds():
    async with serving(seed=1) as live:
        worlds = [(await live.control("POST", "/worlds", {"own_door": True}))[1] for _ in range(2)]
        for world in worlds:
            token = await live.token(world["app_id"], world["secret"], world["door"]["api_base"])
            async with live.socket(world["door"]["gateway_url"]) as socket:
                await live.login(socket, token=token)
                _, said = await live.control("POST", f"/worlds/{world['app_id']}/say", {"text": "x"})
                assert said["delivered"] == 1


@pytest.mark.parametrize("op", [2, 6])
async def test_a_worlds_own_door_refuses_another_worlds_token(live, op):
    _, made = await live.control("POST", "/worlds", {"own_door": True})
    token = await live.token()
    login = {"op": op, "d": {"token": f"QQBot {token}", "intents": C2C, "session_id": "x", "seq": 1}}
    async with live.socket(made["door"]["gateway_url"]) as socket:
        await socket.recv()
        await socket.send(json.dumps(login))
        assert await ended(socket) == 4004
    headers = {"authorization": f"QQBot {token}"}
    async with live.http.get(made["door"]["api_base"] + "/gateway", headers=headers) as answer:
        assert answer.status == 401
    _, journal = await live.control("GET", f"/worlds/{made['app_id']}/journal")
    assert {entry["kind"] for entry in journal["entries"]} >= {"ws.in", "ws.close", "http.request", "http.response"}
    assert await live.do("POST", "/journal/count", {"where": {"kind": "ws.in"}}) == {"count": 0}


async def test_at_the_common_door_the_only_world_does_not_stand_in_the_way_of_a_new_one(live):
    async with live.socket() as socket:
        token = await live.token("102777777", "anything")
        ready = await live.login(socket, token=token)
        assert ready["user"]["id"] == live.server.platform.world("102777777").bot_id
