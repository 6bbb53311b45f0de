"""The writer over a platform that only remembers: what is split, what is broken off, what goes the ordinary road."""

import asyncio
from collections import Counter

import pytest

from reference_client import stream
from reference_client.answers import Answer
from reference_client.http.streams import StreamWriter
from reference_client.stream import LONGEST_PART, LONGEST_TEXT, Dialect


class Api:
    """Takes everything, or refuses what `refuse` says."""

    def __init__(self, refuse=lambda _: None):
        self.bodies, self.taken, self.replies = [], [], []
        self.number, self.refuse = 0, refuse
        self.counts = Counter()
        self.see_through = asyncio.create_task

    def allot(self, _):
        self.number += 1
        return self.number

    def note(self, *_):
        pass

    async def post(self, _, body, *, fresh):
        assert not fresh, "every request is answered"
        code = self.refuse(len(self.bodies))
        self.bodies.append(body)
        if code is not None:
            return Answer(400, {"code": code, "message": "no"})
        self.taken.append(body)
        return Answer(200, {"id": "stream"})

    async def reply(self, text):
        self.replies.append(text)
        return Answer(200)

    def segments(self):
        """The texts of the streams, in order."""
        texts, text = [], ""
        for body in self.taken:
            text += body["markdown"]["content"]
            if body["stream"]["state"] == 10:
                texts.append(text.removesuffix("\n"))
                text = ""
        return texts


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(stream, "SPACING", 0.0)


async def write(api, *pieces, dialect=Dialect.CHUNKS):
    async with StreamWriter(api, "/path", "m", dialect, api.reply) as writer:
        for piece in pieces:
            await writer.write(piece)


async def test_an_over_long_text_goes_on_in_another_message():
    api, text = Api(), "".join(chr(97 + number % 26) for number in range(2 * LONGEST_TEXT + 5))
    await write(api, text)
    assert "".join(api.segments()) == text
    assert len(api.segments()) == 3
    assert max(len(body["markdown"]["content"]) for body in api.bodies) <= LONGEST_PART + 1


async def test_elsewhere_it_is_one_ordinary_message():
    api = Api()
    await write(api, "one ", "two", dialect=None)
    assert (api.bodies, api.replies) == ([], ["one two"])


async def test_nothing_written_is_nothing_sent():
    api = Api()
    await write(api)
    assert (api.bodies, api.replies) == ([], [])


async def test_a_handler_that_fails_still_ends_its_stream():
    api = Api()

    async def fail():
        async with StreamWriter(api, "/path", "m", Dialect.CHUNKS, api.reply) as writer:
            await writer.write("half")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert api.segments() == ["half"]


async def test_a_refused_stream_becomes_an_ordinary_message():
    api = Api(refuse=lambda _: 11253)
    await write(api, "one ", "two")
    assert api.replies == ["one two"]
    assert len(api.bodies) == 1


async def test_a_chunk_that_is_refused_for_good_leaves_a_closed_stream_and_loses_nothing():
    api = Api(refuse=lambda number: 11253 if number == 1 else None)
    await write(api, "one ", "two ", "three")
    assert api.segments() == ["one "]
    assert api.replies == ["two three"]


@pytest.mark.parametrize("refused_from", [1, 2])
async def test_a_stream_whose_end_is_refused_is_reported(caplog, refused_from):
    api = Api(lambda number: 40034100 if number >= refused_from else None)
    await write(api, "one ", "two ", "three")
    assert api.replies, "what the stream does not show is said by itself"
    assert "stream.left_open" in caplog.text


async def test_a_stream_that_ends_well_is_not_reported(caplog):
    await write(Api(), "one ", "two")
    assert caplog.text == ""
