"""The stream machine against the platform's own rules, without sockets; the verdict is on what the user sees."""

import json
import random
from itertools import count

import pytest

from fakeqq.core.platform import Platform, PlatformOptions
from fakeqq.core.rest import exchange
from reference_client.answers import Answer, Loss, NoAnswer, read_answer
from reference_client.stream import LONGEST_LIFE, LONGEST_PART, LONGEST_TEXT, SPACING, Dialect, Part, Stream, Verdict

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
    assert stream.write("xx") == ""
    assert stream.write("x" * (LONGEST_TEXT + 1)) == "xxx"


@BOTH
def test_a_stream_is_ended_before_the_platform_does(dialect):
    stream = Stream(dialect, "m", 100.0)
    stream.write("x")
    stream.began = True
    assert not stream.too_old(99.0 + LONGEST_LIFE)
    assert stream.too_old(100.0 + LONGEST_LIFE)


@BOTH
def test_what_was_never_written_needs_no_end(dialect):
    assert Stream(dialect, "m", 0.0).closing() is None


BODIES = {
    Dialect.CHUNKS: {
        "msg_type": 2,
        "markdown": {"content": "a"},
        "msg_id": "m",
        "stream": {"state": 1, "index": 0},
    },
    Dialect.FRAMES: {
        "input_mode": "replace",
        "input_state": 1,
        "content_type": "markdown",
        "content_raw": "a",
        "msg_id": "m",
        "event_id": "m",
        "index": 0,
    },
}
TAKEN = Answer(200, {"id": "s"})
TOO_FAST = Answer(429)


def index_of(part):
    return part.body.get("stream", part.body)["index"]


def text_of(part):
    return part.body["content_raw"] if "content_raw" in part.body else part.body["markdown"]["content"]


def begun(dialect):
    """A stream at 6 s that shows "a" and has "b" to show."""
    stream = Stream(dialect, "m", 5.0)
    stream.write("a")
    assert stream.after(stream.due(5.0), TAKEN, 5.0) is Verdict.TAKEN
    stream.write("b")
    return stream


@BOTH
def test_a_new_stream_has_done_nothing(dialect):
    stream = Stream(dialect, "m", 5.0)
    facts = (stream.began, stream.ended, stream.perhaps_shown, stream.fresh_connection)
    assert (stream.wait, *facts) == (0.0, False, False, False, False)
    assert [type(fact) for fact in facts] == [bool] * 4
    stream.write("a")
    assert stream.due(5.0) == Part(BODIES[dialect], ends=False, shown=1)


@BOTH
def test_requests_keep_their_distance_and_need_something_to_show(dialect):
    stream = begun(dialect)
    assert stream.due_at() == 5.0 + SPACING
    assert stream.due(5.9) is None
    assert stream.after(stream.due(6.0), TAKEN, 6.0) is Verdict.TAKEN
    assert stream.due(7.0) is None


@BOTH
def test_the_first_id_names_the_stream(dialect):
    stream = begun(dialect)
    stream.after(stream.due(6.0), Answer(200, {"id": "another"}), 6.0)
    stream.write("c")
    body = stream.due(7.0).body
    assert (body["stream"]["id"] if dialect is Dialect.CHUNKS else body["stream_msg_id"]) == "s"


@BOTH
def test_an_id_that_is_no_text_is_none(dialect):
    stream = Stream(dialect, "m", 5.0)
    stream.write("a")
    stream.after(stream.due(5.0), Answer(200, {"id": 7}), 5.0)
    assert stream.ended


@BOTH
@pytest.mark.parametrize("make", [begun, lambda dialect: Stream(dialect, "m", 5.0)], ids=["begun", "new"])
def test_each_refusal_for_haste_doubles_the_wait_and_the_fourth_is_the_last(dialect, make):
    stream = make(dialect)
    stream.write("b")
    part = stream.due(6.0)
    for wait in (2.0, 4.0, 8.0):
        assert stream.after(part, TOO_FAST, 6.0) is Verdict.AGAIN
        assert stream.wait == wait
    assert stream.after(part, TOO_FAST, 6.0) is Verdict.OVER


@BOTH
def test_what_was_taken_or_given_up_is_counted_no_more(dialect):
    stream = begun(dialect)
    part = stream.due(6.0)
    stream.after(part, TOO_FAST, 6.0)
    stream.after(part, TAKEN, 6.0)
    assert stream.wait == 0.0
    stream.write("c")
    part = stream.due(7.0)
    stream.after(part, TOO_FAST, 7.0)
    assert stream.wait == 2.0
    assert stream.after(part, Answer(403), 7.0) is Verdict.OVER
    stream.after(stream.closing(), TOO_FAST, 8.0)
    assert stream.wait == 2.0


@BOTH
def test_a_stumble_is_waited_out_evenly_and_says_the_same_again(dialect):
    stream = begun(dialect)
    part = stream.due(6.0)
    for _ in range(2):
        assert stream.after(part, Answer(500), 6.0) is Verdict.AGAIN
        assert stream.wait == SPACING
    stream.write("c")
    again = stream.again(part)
    assert (text_of(again), again.ends, again.shown) == (text_of(part), False, 2)
    # Only a frame's index may be used up by a refusal.
    assert index_of(again) == (3 if dialect is Dialect.FRAMES else 1)
    assert stream.again(stream.closing()).ends is True


def test_the_index_of_a_first_frame_is_kept():
    stream = Stream(Dialect.FRAMES, "m", 5.0)
    stream.write("a")
    part = stream.due(5.0)
    stream.after(part, Answer(500), 5.0)
    assert index_of(stream.again(part)) == 0


def test_a_missing_newline_is_repaired_at_once():
    stream = begun(Dialect.CHUNKS)
    part = stream.due(6.0)
    stream.after(part, TOO_FAST, 6.0)
    assert stream.after(part, Answer(400, {"code": 40034017}), 6.0) is Verdict.AGAIN
    assert stream.wait == 0.0
    assert text_of(stream.again(part)) == "b\n"


@BOTH
def test_a_stream_that_is_over_is_over_whatever_the_status(dialect):
    stream = begun(dialect)
    assert stream.after(stream.due(6.0), Answer(500, {"code": 40034018}), 6.0) is Verdict.OVER
    assert stream.ended


@BOTH
def test_what_was_given_up_unseen_stays_uncertain_although_the_end_is_taken(dialect):
    stream = begun(dialect)
    part = stream.due(6.0)
    verdicts = [stream.after(part, NoAnswer(Loss.DROPPED, "gone"), 6.0) for _ in range(4)]
    assert verdicts == [Verdict.AGAIN] * 3 + [Verdict.OVER]
    stream.after(stream.closing(), TAKEN, 7.0)
    assert stream.perhaps_shown is True


@BOTH
def test_without_an_answer_the_next_request_takes_a_connection_of_its_own(dialect):
    stream = begun(dialect)
    part = stream.due(6.0)
    assert stream.fresh_connection is False
    for outcome, fresh in (
        (NoAnswer(Loss.STALE, "gone"), True),
        (Answer(500), False),
        (NoAnswer(Loss.TIMEOUT, "gone"), True),
    ):
        stream.after(part, outcome, 6.0)
        assert stream.fresh_connection is fresh
    stream.after(part, TAKEN, 6.0)
    assert stream.fresh_connection is False


@BOTH
@pytest.mark.parametrize("loss", list(Loss))
def test_only_what_never_left_is_certainly_not_shown(dialect, loss):
    stream = Stream(dialect, "m", 5.0)
    stream.write("a")
    verdicts = [stream.after(stream.due(9.0), NoAnswer(loss, "gone"), 5.0) for _ in range(4)]
    assert verdicts[-1] is Verdict.OVER
    assert stream.perhaps_shown is (loss is not Loss.NOT_SENT)


@pytest.mark.parametrize(
    ("dialect", "refusal", "text", "shown"),
    [
        (Dialect.CHUNKS, Answer(403), "", 1),
        (Dialect.FRAMES, Answer(403), "ab", 2),
        (Dialect.FRAMES, Answer(400, {"code": 40054014}), "a", 1),
    ],
)
def test_the_end_after_a_refusal_holds_what_may_still_be_shown(dialect, refusal, text, shown):
    stream = begun(dialect)
    stream.after(stream.due(6.0), refusal, 6.0)
    part = stream.closing()
    assert (text_of(part), part.ends, part.shown) == (text, True, shown)


@pytest.mark.parametrize(
    ("dialect", "length", "ends"),
    [
        (Dialect.CHUNKS, 1, True),
        (Dialect.CHUNKS, LONGEST_PART, True),
        (Dialect.CHUNKS, LONGEST_PART + 1, False),
        (Dialect.FRAMES, LONGEST_PART + 1, True),
    ],
)
def test_the_end_carries_the_rest_as_far_as_it_fits(dialect, length, ends):
    stream = Stream(dialect, "m", 5.0)
    stream.write("x" * length)
    assert stream.closing().ends is ends


def test_the_last_chunk_ends_its_line_once():
    stream = Stream(Dialect.CHUNKS, "m", 5.0)
    stream.write("a\n")
    assert text_of(stream.closing()) == "a\n"
