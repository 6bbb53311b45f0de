"""The stream machine against the platform's own rules, without sockets; the verdict is on what the user sees."""

import json
import random
from itertools import count

import pytest

from fakeqq.core.platform import Platform, PlatformOptions
from fakeqq.core.rest import exchange
from reference_client.answers import Loss, NoAnswer, read_answer
from reference_client.stream import LONGEST_LIFE, LONGEST_TEXT, Dialect, Stream, Verdict

BOTH = pytest.mark.parametrize("dialect", list(Dialect))
PIECES = ["Good ", "morning, ", "dear ", "reader."]
TEXT = "".join(PIECES)


class Chat:
    """One user of a platform, and a bot that writes streams to them."""

    def __init__(self, **settings):
        self.now = 0.0
        self.platform = Platform(PlatformOptions(epoch=1.78e9, real=0.0, random=random.Random, seed=3, strict=True))
        self.world = self.platform.create_world("102000001", "secret", settings, 0.0)
        self.token, _ = self.platform.issue_token(self.world, self.world.clock.at(0.0))
        self.user = self.world.people.add_user().openid
        said = self.world.say("hello", self.user, None, self.world.clock.at(0.0))
        self.msg_id = said["message_id"]
        self.numbers = count(1)
        self.requests = []
        self.ordinary = []

    def call(self, path, body):
        headers = {"authorization": f"QQBot {self.token}", "content-type": "application/json"}
        self.requests.append(body)
        request = exchange.Request("POST", path, "", headers, json.dumps(body).encode(), "ws://x", self.world)
        reply = exchange.answer(self.platform, request, self.now)
        if not reply.is_answer:
            return NoAnswer(Loss.DROPPED, "gone")
        return read_answer(reply.status, {}, reply.body)

    def faults(self, dialect, *verbs, nth=1, times=1):
        route = "messages" if dialect is Dialect.CHUNKS else "stream_messages"
        on = f"http: POST /v2/users/{{openid}}/{route}"
        self.world.faults.replace([{"name": "f", "on": on, "nth": nth, "times": times, "do": list(verbs)}])

    def send(self, stream, part):
        route = "messages" if stream.dialect is Dialect.CHUNKS else "stream_messages"
        number = next(self.numbers) if stream.dialect is Dialect.CHUNKS else 1
        while True:
            outcome = self.call(f"/v2/users/{self.user}/{route}", {**part.body, "msg_seq": number})
            verdict = stream.after(part, outcome, self.now)
            if verdict is not Verdict.AGAIN:
                return
            self.now += stream.wait
            part = stream.again(part)

    def write(self, dialect, pieces=PIECES):
        """Write the pieces as a stream; what is left over goes out as a message of its own, unless it may be there."""
        stream = Stream(dialect, self.msg_id, self.now)
        for piece in pieces:
            assert stream.write(piece) == ""
            self.now = max(self.now, stream.due_at())
            if (part := stream.due(self.now)) is not None:
                self.send(stream, part)
        self.end(stream)
        return stream

    def end(self, stream):
        while (part := stream.closing()) is not None:
            self.now = max(self.now, stream.due_at())
            self.send(stream, part)
        if stream.rest and not stream.perhaps_shown:
            self.ordinary.append(stream.rest)

    def sees(self, *, unfinished=0):
        """What the user sees in the end, and how much of it is still growing."""
        self.now += 3600.0
        self.world.settle(self.world.clock.at(self.now))
        entries = [entry for entry in self.world.journal.since() if entry["kind"] == "user.sees"]
        assert len([entry for entry in entries if entry["unfinished"]]) == unfinished
        return "".join([entry["text"] for entry in entries] + self.ordinary).replace("\n", "")


@BOTH
def test_the_user_sees_the_text_once(dialect):
    chat = Chat()
    chat.write(dialect)
    assert chat.sees() == TEXT
    assert not chat.ordinary


def test_chunks_carry_what_is_new_and_the_id_from_the_second_on():
    chat = Chat(switches={"s1_msg_seq": "increasing"})
    chat.write(Dialect.CHUNKS)
    streams = [body["stream"] for body in chat.requests]
    assert [stream["index"] for stream in streams] == list(range(len(streams)))
    assert "id" not in streams[0]
    assert len({stream["id"] for stream in streams[1:]}) == 1
    assert [stream["state"] for stream in streams] == [1] * (len(streams) - 1) + [10]
    assert {body["msg_type"] for body in chat.requests} == {2}
    assert chat.requests[-1]["markdown"]["content"].endswith("\n")


def test_frames_carry_the_whole_text_and_one_number():
    chat = Chat(switches={"s2_pace": "300-ms", "s2_frame_without_anchor": "refused"})
    chat.write(Dialect.FRAMES)
    assert [body["content_raw"] for body in chat.requests][-1] == TEXT
    assert {body["msg_seq"] for body in chat.requests} == {1}
    assert "stream_msg_id" not in chat.requests[0]


@BOTH
@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("effect", ["before", "after"])
def test_a_request_that_is_lost_once_costs_nothing(dialect, nth, effect):
    chat = Chat()
    chat.faults(dialect, {"verb": "disconnect", "effect": effect}, nth=nth)
    chat.write(dialect)
    # The first answer holds the stream's id: without it nobody can end that stream.
    assert chat.sees(unfinished=int((nth, effect) == (1, "after"))) == TEXT


@BOTH
@pytest.mark.parametrize("name", ["system_busy", "stream_rate_limited", "msg_limit_exceed"])
def test_a_stumble_is_waited_out(dialect, name):
    chat = Chat()
    chat.faults(dialect, {"verb": "error", "name": name}, nth=2, times=2)
    chat.write(dialect)
    assert chat.sees() == TEXT
    assert not chat.ordinary


@BOTH
@pytest.mark.parametrize("name", ["stream_timed_out", "stream_ended", "permission_denied", "content_invalid"])
def test_when_a_stream_takes_no_more_the_rest_is_said_by_itself(dialect, name):
    chat = Chat(switches={"s1_second_stream": "allowed"})
    chat.faults(dialect, {"verb": "error", "name": name}, nth=3)
    stream = chat.write(dialect, PIECES)
    shown = "".join(entry["text"] for entry in chat.world.journal.since() if entry["kind"] == "user.sees")
    assert stream.ended
    if name not in {"stream_timed_out", "stream_ended"}:
        # The stream itself was not refused for good: it is closed, and shows what had arrived.
        assert (shown.replace("\n", "") + "".join(chat.ordinary)) == TEXT


@pytest.mark.parametrize("name", ["stream_chunk_too_long", "stream_too_many_chunks", "content_too_long_or_odd"])
@BOTH
def test_a_full_stream_is_ended_and_the_rest_is_said_by_itself(dialect, name):
    chat = Chat()
    chat.faults(dialect, {"verb": "error", "name": name}, nth=3)
    stream = chat.write(dialect)
    assert stream.ended
    assert chat.ordinary == ["".join(PIECES[2:])]
    assert chat.sees() == TEXT


@BOTH
@pytest.mark.parametrize("name", ["permission_denied", "content_invalid"])
def test_a_last_part_that_is_refused_still_leaves_an_ended_stream(dialect, name):
    chat = Chat()
    stream = Stream(dialect, chat.msg_id, chat.now)
    stream.write(PIECES[0])
    chat.send(stream, stream.due(chat.now))
    stream.write("".join(PIECES[1:]))
    chat.faults(dialect, {"verb": "error", "name": name})
    chat.end(stream)
    assert chat.ordinary == ["".join(PIECES[1:])]
    assert chat.sees() == TEXT
    assert not stream.left_open


@BOTH
def test_a_stream_is_left_open_only_when_its_end_is_given_up(dialect):
    chat = Chat()
    stream = Stream(dialect, chat.msg_id, chat.now)
    assert not stream.left_open
    stream.write(TEXT)
    chat.send(stream, stream.due(chat.now))
    assert not stream.left_open
    chat.faults(dialect, {"verb": "error", "name": "permission_denied"}, times=None)
    chat.end(stream)
    assert (stream.ended, stream.left_open, stream.rest) == (True, True, "")


def test_a_frame_that_comes_too_late_is_not_said_again():
    chat = Chat()
    stream = Stream(Dialect.FRAMES, chat.msg_id, chat.now)
    stream.write(PIECES[0])
    chat.send(stream, stream.due(chat.now))
    chat.now += 601.0
    stream.write(PIECES[1])
    chat.send(stream, stream.due(chat.now))
    assert stream.ended
    stream.write("".join(PIECES[2:]))
    chat.end(stream)
    shown = chat.world.people.chats()[0]["messages"][-1]
    assert (shown["stream"], shown["text"]) == ("s2", "".join(PIECES[:2]))
    assert chat.ordinary == ["".join(PIECES[2:])]


def test_a_missing_newline_is_repaired_with_the_same_index():
    chat = Chat(switches={"s1_newline": "every"})
    chat.write(Dialect.CHUNKS)
    assert chat.sees() == TEXT
    assert [body["stream"]["index"] for body in chat.requests][:3] == [0, 0, 1]


@BOTH
@pytest.mark.parametrize("verb", [{"verb": "empty"}, {"verb": "malformed"}])
def test_an_answer_without_an_id_ends_the_stream_and_loses_nothing(dialect, verb):
    chat = Chat()
    chat.faults(dialect, verb)
    stream = chat.write(dialect)
    assert (stream.ended, stream.left_open) == (True, True)
    assert TEXT.startswith(PIECES[0])
    assert "".join(chat.ordinary) == TEXT.removeprefix(PIECES[0])


@BOTH
def test_what_is_too_long_is_handed_back(dialect):
    stream = Stream(dialect, "m", 0.0)
    assert stream.write("x" * (LONGEST_TEXT + 3)) == "xxx"


@BOTH
def test_a_stream_is_ended_before_the_platform_does(dialect):
    stream = Stream(dialect, "m", 0.0)
    stream.write("x")
    stream.began = True
    assert not stream.too_old(LONGEST_LIFE - 1)
    assert stream.too_old(LONGEST_LIFE)


@BOTH
def test_what_was_never_written_needs_no_end(dialect):
    assert Stream(dialect, "m", 0.0).closing() is None
