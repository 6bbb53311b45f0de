"""A stream that takes no more: what it refuses, what it still takes, and what comes beside it."""

import pytest

from core.stage import body_of

FULL, TOO_OLD = ("stream_too_many_chunks", 40054015), ("stream_timed_out", 40034020)


class Answer:
    """A user's message, and the parts that answer it: chunks or frames."""

    def __init__(self, stage, kind):
        self.stage, self.kind, self.said = stage, kind, stage.say()
        self.id, self.index, self.text = None, 0, ""

    def part(self, text, *, ends=False, **own):
        """One part, with what is new; answers with the number of the refusal, or None."""
        self.text += text
        state, index = (10 if ends else 1), self.index
        body = {"msg_id": self.said["message_id"], "msg_seq": index + 1 if self.kind == "chunks" else 1}
        if self.kind == "chunks":
            stream = {"state": state, "index": index} | ({"id": self.id} if self.id else {})
            body |= {"msg_type": 2, "markdown": {"content": text}, "stream": stream}
        else:
            body |= {"input_mode": "replace", "input_state": state, "index": index, "content_raw": self.text}
            body |= {"stream_msg_id": self.id} if self.id else {}
        route = "messages" if self.kind == "chunks" else "stream_messages"
        reply = self.stage.request("POST", f"/v2/users/{self.said['user']}/{route}", body | own)
        answer = body_of(reply)
        self.index += 1
        if reply.status == 200:
            self.id = self.id or answer["id"]
            return None
        if self.kind == "chunks" or answer["err_code"] != TOO_OLD[1]:
            self.text = self.text.removesuffix(text)
        return answer["err_code"]

    @property
    def shown(self):
        return self.stage.world.people.chats()[0]["messages"][1]["text"]


@pytest.fixture(params=["chunks", "frames"])
def answer(stage, request):
    return Answer(stage, request.param)


def stops(stage, name, nth=2):
    verb = {"verb": "stop-stream", "name": name}
    stage.faults({"name": "f", "on": "stream: *", "nth": nth, "do": [verb]})


def test_a_full_stream_takes_its_end_and_nothing_else(stage, answer):
    name, code = FULL
    stops(stage, name)
    assert [answer.part("one "), answer.part("two "), answer.part("three")] == [None, code, code]
    assert answer.part("", ends=True) is None
    assert answer.shown == "one "
    assert stage.entries("user.sees")[0]["unfinished"] is False
    assert [entry["moment"] for entry in stage.entries("fault")] == [f"stream: {answer.kind.upper()[:-1]}"]


def test_what_follows_a_full_stream_begins_anew(stage, answer):
    stops(stage, FULL[0])
    assert [answer.part("one "), answer.part("two "), answer.part("", ends=True)] == [None, FULL[1], None]
    answer.id, answer.text = None, ""
    assert answer.part("two \n", ends=True, msg_seq=50) is None


def test_a_stream_that_is_too_old_takes_nothing_and_hinders_nobody(stage, answer):
    name, code = TOO_OLD
    stops(stage, name)
    assert [answer.part("one "), answer.part("two "), answer.part("", ends=True)] == [None, code, code]
    # A frame that comes too late is shown, and refused.
    assert answer.shown == ("one " if answer.kind == "chunks" else "one two ")
    answer.id, answer.text = None, ""
    assert answer.part("three", msg_seq=50) is None


def test_a_stream_that_is_not_named_is_not_stopped(stage, answer):
    stops(stage, FULL[0], nth=1)
    assert [answer.part("one "), answer.part("two ")] == [None, None]


@pytest.mark.parametrize("body", [None, [], "x", {"stream": 7}, {"stream": {"id": 7}}, {"stream": {"id": "x"}}])
def test_nonsense_stops_nothing(stage, body):
    stops(stage, FULL[0], nth=1)
    stage.request("POST", f"/v2/users/{stage.say()['user']}/stream_messages", body)
    assert [entry["fault"] for entry in stage.entries("fault")] == ["f"]
