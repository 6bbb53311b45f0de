"""Each verb over real sockets: the journal says that the fault fired, and the bot meets what the verb promises.

One row per verb. A row sets the fault, makes its moment come, and returns what a client saw; what it saw without the
fault would be different.
"""

import asyncio
import json

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from fakeqq.core.faults.verbs import VERBS, verb_name
from web.live import serving
from web.test_wire_faults import asked

GATEWAY = "http: GET /gateway"
DISPATCH = "dispatch: C2C_MESSAGE_CREATE"
BEAT = "receive: HEARTBEAT"
# How long nothing must come for it to count as nothing; a frame on loopback takes a millisecond.
SILENCE = 0.15


@pytest.fixture
async def live():
    async with serving() as server:
        yield server


# -- what a client does at a moment, and what it sees ------------------------------------------------------------


async def http(live, verb):
    """GET /gateway: status, content type and body, or how the connection ended."""
    await stand(live, GATEWAY, verb)
    async with asked(live) as plain:
        data, end = await plain.rest(SILENCE)
    head, _, body = data.partition(b"\r\n\r\n")
    status = int(head.split()[1]) if head else None
    types = [
        line.partition(b": ")[2].decode() for line in head.lower().split(b"\r\n") if line.startswith(b"content-ty")
    ]
    return status, types[0] if types else None, body, end


async def stand(live, on, verb):
    await live.faults({"name": "the-fault", "on": on, "do": [verb]})


async def heard(socket, count):
    """So many frames, and then how it ends: a close code, `lost`, or `open` when nothing more comes."""
    frames = []
    try:
        while len(frames) < count:
            frames.append(await asyncio.wait_for(socket.recv(), 2))
        more = await asyncio.wait_for(socket.recv(), SILENCE)
    except TimeoutError:
        return frames, "open"
    except ConnectionClosed as closed:
        return frames, closed.rcvd.code if closed.rcvd else "lost"
    return frames, f"more: {more}"


def words(frames):
    """`t` and `s` of dispatches, the op of other frames, text that is no JSON as it is."""
    found = []
    for frame in frames:
        try:
            read = json.loads(frame)
        except ValueError:
            found.append(frame)
            continue
        found.append(f"{read['t'][:3]} {read.get('s')}" if read["op"] == 0 else f"op {read['op']}")
    return found


async def said_twice(live, verb, count):
    """Two events, of which the first meets the fault."""
    async with live.online() as socket:
        await stand(live, DISPATCH, verb)
        for text in ("one", "two"):
            await live.do("POST", "/say", {"text": text})
        frames, end = await heard(socket, count)
        await live.do("POST", "/connections/drop")
    return words(frames), end


async def beaten(live, verb, count):
    async with live.online() as socket:
        await stand(live, BEAT, verb)
        await socket.send('{"op":1,"d":1}')
        frames, end = await heard(socket, count)
        await live.do("POST", "/connections/drop")
    return words(frames), end


# -- the rows -----------------------------------------------------------------------------------------------------


async def error(live):
    status, _, body, _ = await http(live, {"verb": "error", "name": "gateway_rate_limited"})
    assert (status, json.loads(body)["code"]) == (400, 100017)


async def answer(live):
    assert await http(live, {"verb": "answer", "status": 503, "body": "busy"}) == (503, "text/html", b"busy", "open")


async def empty(live):
    status, _, body, _ = await http(live, {"verb": "empty"})
    assert (status, body) == (200, b"")


async def truncate(live):
    status, _, body, end = await http(live, {"verb": "truncate", "bytes": 4})
    assert (status, body, end) == (200, b'{"ur', "eof")


async def malformed(live):
    status, _, body, _ = await http(live, {"verb": "malformed"})
    assert (status, body[:6], body[-1:]) == (200, b'{"url"', b'"')


async def alter(live):
    status, _, body, _ = await http(live, {"verb": "alter", "put": {"extra.deep": 1}, "without": ["url"]})
    assert (status, json.loads(body)) == (200, {"extra": {"deep": 1}})


async def html(live):
    status, content_type, body, _ = await http(live, {"verb": "html", "status": 502})
    assert (status, content_type) == (502, "text/html")
    assert body.startswith(b"<html>")


async def content_type(live):
    status, content_type, body, _ = await http(live, {"verb": "content-type", "value": "text/plain"})
    assert (status, content_type) == (200, "text/plain")
    assert json.loads(body)["url"]


async def delay(live):
    assert await said_twice(live, {"verb": "delay", "seconds": 0.1}, 2) == (["C2C 3", "C2C 2"], "open")


async def hang(live):
    assert await http(live, {"verb": "hang"}) == (None, None, b"", "open")


async def disconnect(live):
    assert await http(live, {"verb": "disconnect"}) == (None, None, b"", "eof")


async def stop_stream(live):
    said = await live.do("POST", "/say", {"text": "ping"})
    path, token = f"/v2/users/{said['user']}/stream_messages", await live.token()

    async def part(index, **more):
        body = {"msg_id": said["message_id"], "msg_seq": 1, "input_mode": "replace", "input_state": 1, "index": index}
        got = await live.call("POST", path, token=token, json={**body, "content_raw": "x" * (index + 1), **more})
        return json.loads(got.body)

    stream_id = (await part(0))["id"]
    await stand(live, "stream: *", {"verb": "stop-stream", "name": "stream_too_many_chunks"})
    codes = [(await part(index, stream_msg_id=stream_id))["err_code"] for index in (1, 2)]
    assert codes == [40054015, 40054015], "the one where the fault stands, and the next"


async def refuse(live):
    await stand(live, "connect", {"verb": "refuse", "status": 502})
    with pytest.raises(InvalidStatus) as refused:
        async with live.socket():
            pass
    assert refused.value.response.status_code == 502


async def drop(live):
    assert await said_twice(live, {"verb": "drop"}, 1) == (["C2C 3"], "open")


async def twice(live):
    assert await said_twice(live, {"verb": "twice"}, 3) == (["C2C 2", "C2C 2", "C2C 3"], "open")


async def swap(live):
    assert await said_twice(live, {"verb": "swap"}, 2) == (["C2C 3", "C2C 2"], "open")


async def send(live):
    assert await said_twice(live, {"verb": "send", "frame": {"op": 77}}, 3) == (["op 77", "C2C 2", "C2C 3"], "open")


async def garbage(live):
    assert await said_twice(live, {"verb": "garbage"}, 2) == (['{"op":0,"s":', "C2C 3"], "open")


async def close(live):
    assert await beaten(live, {"verb": "close", "code": 4903}, 0) == ([], 4903)


async def ignore(live):
    assert await beaten(live, {"verb": "ignore"}, 0) == ([], "open")


async def invalid_session(live):
    assert await beaten(live, {"verb": "invalid-session", "then_close": 4914}, 1) == (["op 9"], 4914)
    await fired(live)
    verb = {"verb": "invalid-session", "then_close": 4914}
    assert await said_twice_to_the_end(live, verb, 2) == (["C2C 2", "op 9"], 4914)


async def reconnect(live):
    assert await beaten(live, {"verb": "reconnect"}, 1) == (["op 7"], 4009)
    await fired(live)
    assert await said_twice_to_the_end(live, {"verb": "reconnect"}, 2) == (["C2C 2", "op 7"], 4009)


async def said_twice_to_the_end(live, verb, count):
    """As above, where the first event ends the connection."""
    async with live.online() as socket:
        await stand(live, DISPATCH, verb)
        await live.do("POST", "/say", {"text": "one"})
        frames, end = await heard(socket, count)
    return words(frames), end


async def heartbeat(live):
    assert await said_twice(live, {"verb": "heartbeat"}, 3) == (["op 1", "C2C 2", "C2C 3"], "open")


async def unknown_op(live):
    assert await said_twice(live, {"verb": "unknown-op", "op": 98}, 3) == (["op 98", "C2C 2", "C2C 3"], "open")


async def unknown_event(live):
    assert await said_twice(live, {"verb": "unknown-event"}, 3) == (["C2C 2", "FAK 3", "C2C 4"], "open")


async def oversized(live):
    async with live.online() as socket:
        await stand(live, DISPATCH, {"verb": "oversized", "bytes": 70_000})
        await live.do("POST", "/say", {"text": "ping"})
        assert len((await socket.recv()).encode()) == 70_000


async def reset(live):
    assert await http(live, {"verb": "reset"}) == (None, None, b"", "reset")


async def half_open(live):
    assert await beaten(live, {"verb": "half-open"}, 0) == ([], "open")


async def stall(live):
    assert await said_twice(live, {"verb": "stall"}, 0) == ([], "open")


async def slow_drip(live):
    await stand(live, GATEWAY, {"verb": "slow-drip", "bytes_per_second": 200})
    started = asyncio.get_running_loop().time()
    answer = await live.call("GET", "/gateway")
    assert json.loads(answer.body)["url"]
    assert asyncio.get_running_loop().time() - started > len(answer.body) / 200 * 0.5


async def cut(live):
    assert await said_twice_to_the_end(live, {"verb": "cut", "bytes": 10}, 0) == ([], "lost")


ROWS = {
    row.__name__.replace("_", "-"): row
    for row in (
        error, answer, empty, truncate, malformed, alter, html, content_type, delay, hang, disconnect, stop_stream,
        refuse, drop, twice, swap, send, garbage, close, ignore, invalid_session, reconnect, heartbeat, unknown_op,
        unknown_event, oversized, reset, half_open, stall, slow_drip, cut,
    )
}  # fmt: skip


async def fired(live):
    return await live.wait({"kind": "fault", "fault": "the-fault"})


def test_every_verb_has_its_row():
    assert set(ROWS) == {verb_name(verb) for verb in VERBS}


@pytest.mark.parametrize("name", ROWS)
async def test_a_verb_shows_on_the_wire_and_in_the_journal(live, name):
    await ROWS[name](live)
    (entry, *_) = await fired(live)
    assert entry["moment"].partition(":")[0] in {"http", "stream", "connect", "dispatch", "receive"}
