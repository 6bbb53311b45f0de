# ruff: noqa: S311 - dice that fall the same way each time
"""The requests of a stream, over a line that can be held: their order, cancelling, counts, and limits."""

import asyncio
import json
import random

import pytest

from reference_client import sender, stream
from reference_client.answers import ApiError, Loss, NoAnswer
from reference_client.http import api as module
from reference_client.http import streams
from reference_client.http.api import Api, Config
from reference_client.http.origin import Response
from reference_client.http.streams import StreamWriter
from reference_client.stream import Dialect

BOTH = pytest.mark.parametrize("dialect", list(Dialect))
PATH = "/v2/users/U/messages"
REPEATED = Response(404, body=b'{"code": 40006, "message": "index"}')
LIMITED = Response(400, body=b'{"code": 100017, "message": "limit"}')
SOON = 5.0


class Line:
    """Stands where the connections are; acts on what arrives, and answers once `gate` is open.

    Attributes:
        plan: what comes of a call instead, by its number; the platform has not acted then.
        shown: the text of the stream.
        ends: closing requests that were taken.
    """

    def __init__(self):
        self.plan, self.calls, self.times = {}, [], []
        self.shown, self.ends, self.index = "", 0, -1
        self.gate, self.arrived = asyncio.Event(), asyncio.Event()
        self.gate.set()
        self.busy, self.most_busy = 0, 0

    async def request(self, _method, path, _headers, content, *, fresh=False):
        body, planned = json.loads(content), self.plan.get(len(self.calls))
        self.calls.append((path, body, fresh))
        self.times.append(asyncio.get_running_loop().time())
        response = self.act(body) if planned is None else planned
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        self.arrived.set()
        try:
            await self.gate.wait()
        finally:
            self.busy -= 1
        return response

    def act(self, body):
        part = body.get("stream", body)
        if "index" in part:
            if part["index"] <= self.index:
                return REPEATED
            self.index = part["index"]
            self.shown = body["content_raw"] if "content_raw" in body else self.shown + body["markdown"]["content"]
            self.ends += 10 in {part.get("state"), part.get("input_state")}
        return Response(200, body=b'{"id": "s"}')

    def close(self):
        pass

    def hold(self):
        self.arrived.clear()
        self.gate.clear()


@pytest.fixture
def line():
    return Line()


@pytest.fixture
async def api(line, monkeypatch):
    monkeypatch.setattr(stream, "SPACING", 0.01)
    api = Api(Config(app_id="1", secret="s", api_base="http://x", token_url="http://x"), random.Random(7))
    api._platform = line

    async def token():
        return "token"

    monkeypatch.setattr(api, "token", token)
    async with api:
        yield api


@pytest.fixture
def writer(api):
    async def reply(text):
        return await api.send("POST", PATH, {"content": text, "msg_id": "m"})

    return lambda dialect: StreamWriter(api, PATH, "m", dialect, reply)


async def spaced():
    await asyncio.sleep(2 * stream.SPACING)


async def cancelled_in_flight(line, work):
    """`work` is cancelled while a request is held; whether it ended before the answer came."""
    line.hold()
    task = asyncio.create_task(work)
    await asyncio.wait_for(line.arrived.wait(), SOON)
    task.cancel()
    await asyncio.wait({task}, timeout=SOON)
    return task.cancelled()


# What is cancelled


@BOTH
@pytest.mark.parametrize("before", [[], ["one "]], ids=["first", "second"])
async def test_a_part_that_is_cancelled_in_flight_is_shown_once_and_the_stream_ended(line, writer, dialect, before):
    async with writer(dialect) as written:
        for text in before:
            await written.write(text)
            await spaced()
        assert await cancelled_in_flight(line, written.write("two "))
        line.gate.set()
        await written.write("three")
    assert (line.shown.strip(), line.ends) == ("".join([*before, "two three"]), 1)
    assert {path for path, _, _ in line.calls} == {PATH}


@BOTH
async def test_a_handler_that_is_cancelled_leaves_an_ended_stream(line, writer, dialect):
    async def handler():
        async with writer(dialect) as written:
            await written.write("one ")
            await spaced()
            line.hold()
            await written.write("two")

    task = asyncio.create_task(handler())
    while not (line.shown.endswith("two") and line.arrived.is_set()):  # noqa: ASYNC110 - the second part has arrived
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    line.gate.set()
    await asyncio.wait({task}, timeout=SOON)
    assert task.cancelled()
    assert (line.shown.strip(), line.ends) == ("one two", 1)


@BOTH
async def test_an_end_that_is_cancelled_is_sent_all_the_same(api, line, writer, dialect):
    written = writer(dialect)
    await written.write("one")
    assert await cancelled_in_flight(line, written.break_off())
    line.gate.set()
    await api.__aexit__(None, None, None)
    assert (line.shown.strip(), line.ends) == ("one", 1)
    assert api.counts["sends"] == 1


async def test_what_cannot_be_ended_holds_nobody_up_and_is_told(api, line, writer, monkeypatch, caplog):
    for holder in (module, streams):
        monkeypatch.setattr(holder, "PARTING", 0.02)

    async def handler():
        async with writer(Dialect.CHUNKS) as written:
            await written.write("one")

    assert await cancelled_in_flight(line, handler())
    await asyncio.wait_for(api.__aexit__(None, None, None), SOON)
    assert "stream.left_open" in caplog.text
    assert api.counts["sends_failed"] == 1
    assert asyncio.all_tasks() == {asyncio.current_task()}


# One after the other


@BOTH
async def test_writes_at_the_same_time_go_in_order(line, writer, dialect):
    async with writer(dialect) as written:
        line.hold()
        writes = [asyncio.create_task(written.write(f"{number} ")) for number in range(6)]
        await line.arrived.wait()
        for _ in range(10):
            await asyncio.sleep(0)
        line.gate.set()
        await asyncio.gather(*writes)
    assert (line.shown.strip(), line.ends, line.most_busy) == ("0 1 2 3 4 5", 1, 1)


# What fails


@BOTH
async def test_after_a_stale_connection_the_others_are_not_tried(api, line, writer, dialect):
    line.plan = {0: NoAnswer(Loss.STALE, "gone")}
    async with writer(dialect) as written:
        await written.write("one")
    assert [fresh for _, _, fresh in line.calls] == [False, True, False]
    assert (line.shown.strip(), line.ends) == ("one", 1)
    assert (api.counts["sends"], api.counts["sends_again"]) == (1, 1)


@BOTH
async def test_a_stream_that_never_left_becomes_an_ordinary_message(api, line, writer, dialect):
    line.plan = dict.fromkeys(range(4), NoAnswer(Loss.NOT_SENT, "refused"))
    async with writer(dialect) as written:
        await written.write("one")
    assert line.calls[-1][1]["content"] == "one"
    assert (api.counts["sends"], api.counts["sends_failed"]) == (1, 0)


@BOTH
async def test_a_stream_that_is_perhaps_lost_is_told_to_the_handler_and_counted(api, line, writer, dialect, caplog):
    line.plan = dict.fromkeys(range(4), NoAnswer(Loss.DROPPED, "gone"))
    written = writer(dialect)
    await written.write("one")
    with pytest.raises(ApiError, match="gone"):
        await written.break_off()
    assert "stream.uncertain" in caplog.text
    assert (api.counts["sends"], api.counts["sends_failed"], api.counts["sends_again"]) == (0, 1, 3)


async def test_a_handler_that_fails_is_not_hidden_by_its_stream(line, writer, caplog):
    line.plan = dict.fromkeys(range(4), NoAnswer(Loss.DROPPED, "gone"))

    async def handler():
        async with writer(Dialect.CHUNKS) as written:
            await written.write("one")
            raise LookupError

    with pytest.raises(LookupError):
        await handler()
    assert "stream.failed" in caplog.text


async def test_parts_are_counted_as_messages_are(api, line, writer):
    line.plan = {1: Response(500, body=b"{}"), 2: Response(401, body=b'{"code": 11244}')}
    async with writer(Dialect.CHUNKS) as written:
        await written.write("one ")
        await spaced()
        await written.write("two")
    assert line.shown.strip() == "one two"
    expected = {"sends": 1, "sends_again": 2, "refused_500": 1, "refused_11244": 1, "tokens_refused": 1}
    assert {name: count for name, count in api.counts.items() if count} == expected


# Limits that are everybody's


async def test_a_limit_that_a_chunk_meets_pauses_every_send(api, line, writer, monkeypatch):
    line.plan = {0: LIMITED}
    monkeypatch.setattr(stream, "SPACING", 0.1)
    wait = 2 * stream.SPACING

    async def streaming():
        async with writer(Dialect.CHUNKS) as written:
            await written.write("one")

    async def replying():
        await line.arrived.wait()
        await asyncio.sleep(0.01)
        await api.send("POST", "/v2/users/V/messages", {"content": "x", "msg_id": "n"})

    await asyncio.gather(streaming(), replying())
    assert all(later - line.times[0] >= 0.9 * wait for later in line.times[1:])


async def test_a_limit_that_a_message_meets_pauses_the_chunks(api, line, writer, monkeypatch):
    line.plan = {0: LIMITED}
    monkeypatch.setattr(sender, "SLOW_STEPS", (0.2,))

    async def streaming():
        await line.arrived.wait()
        await asyncio.sleep(0.01)
        async with writer(Dialect.CHUNKS) as written:
            await written.write("one")

    await asyncio.gather(api.send("POST", "/v2/users/V/messages", {"content": "x", "msg_id": "n"}), streaming())
    assert all(later - line.times[0] >= 0.15 for later in line.times[1:])
