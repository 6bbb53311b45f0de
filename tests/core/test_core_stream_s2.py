"""Streams of frames: each rule, and the contested ones in every choice."""

import uuid

import pytest

from core.stage import body_of


class Talk:
    """A user's message and the frames that answer it."""

    def __init__(self, stage, **switches):
        self.stage = stage
        stage.set(switches=switches)
        self.said = stage.say()
        self.id = None

    def frame(self, text="", index=0, *, mode="replace", state=1, **fields):
        """One frame as official clients send it: it continues what the last accepted first frame began."""
        body = {
            "input_mode": mode, "input_state": state, "content_type": "markdown", "content_raw": text, "index": index,
            "msg_id": self.said["message_id"], "event_id": self.said["message_id"], "msg_seq": 1,
        }  # fmt: skip
        if self.id:
            body["stream_msg_id"] = self.id
        reply = self.send({**body, **fields})
        if reply.status == 200:
            self.id = body_of(reply)["id"]
        return reply

    def send(self, body):
        return self.stage.request("POST", f"/v2/users/{self.said['user']}/stream_messages", body)

    @property
    def shown(self):
        return self.stage.world.people.chats()[0]["messages"][-1]


@pytest.fixture
def talk(stage):
    return Talk(stage)


def code(reply):
    return None if reply.status == 200 else body_of(reply)["code"]


def test_the_official_clients_flow(stage, talk):
    first = body_of(talk.frame("你好"))
    assert list(first) == ["id", "timestamp", "ext_info", "remain_msg_len"]
    assert (str(uuid.UUID(first["id"])), first["remain_msg_len"]) == (first["id"], 0)
    assert talk.shown["generating"] is True
    for reply in (talk.frame("你好，世界", 1), talk.frame("你好，世界", 2, state=10)):
        assert {**body_of(reply), "timestamp": 0} == {**first, "timestamp": 0}
    assert (talk.shown["text"], talk.shown["generating"], talk.shown["msg_type"]) == ("你好，世界", False, 2)
    (seen,) = stage.entries("user.sees")
    assert (seen["text"], seen["stream"], seen["reply_to"]) == ("你好，世界", "s2", talk.said["message_id"])


def test_append(talk):
    for index, text in enumerate(["a", "b", "c"]):
        talk.frame(text, index, mode="append", content_type="text")
    talk.frame("d", 9, mode="append", state=10)
    assert (talk.shown["text"], talk.shown["msg_type"]) == ("abcd", 0)


def test_a_frame_with_nothing_but_text_is_complete(talk):
    assert code(talk.send({"content_raw": "x"})) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"input_mode": "insert"}, {"input_mode": 1}, {"input_state": 2}, {"input_state": "1"}, {"input_state": [1]},
        {"content_type": "html"}, {"content_raw": 5}, {"index": -1}, {"index": "0"}, {"index": True},
        {"stream_msg_id": 5}, {"is_wakeup": "yes"}, {"msg_seq": "1"}, {"msg_id": 5},
    ],
    ids=str,
)  # fmt: skip
def test_fields_of_the_wrong_form(talk, fields):
    assert code(talk.frame("x", **fields)) == 40011000


@pytest.mark.parametrize("index", [0, 1, 7])
def test_any_first_index_and_gaps_will_do(talk, index):
    assert [code(talk.frame("x", index)), code(talk.frame("xy", index + 5))] == [None, None]


@pytest.mark.parametrize("index", [0, 3])
def test_the_index_grows(talk, index):
    talk.frame("x", 3)
    refused = talk.frame("xy", index)
    assert (refused.status, code(refused), body_of(refused)["message"]) == (404, 40006, "请求参数index需要递增")


def test_what_was_delivered_can_only_be_extended(talk):
    talk.frame("hello")
    refused = talk.frame("HELLO", 1)
    body = body_of(refused)
    assert (refused.status, body["code"], body["err_code"]) == (404, 40007, 40113003)
    assert body["message"] == "已经提交的消息内容不可修改"
    assert code(talk.frame("hello", 1, state=10)) is None


def test_a_stream_owns_its_msg_seq(stage, talk):
    talk.frame("x")
    for reply in (talk.frame("x", stream_msg_id=None), talk.frame("y", 1, stream_msg_id=None), stage.reply(talk.said)):
        assert (reply.status, code(reply)) == (400, 40054005)
    stage.set(switches={"s2_second_stream": "allowed"})
    assert code(talk.frame("y", 1, stream_msg_id=None)) == 40054005
    assert code(stage.reply(talk.said)) == 40054005
    assert code(stage.reply(talk.said, msg_seq=2)) is None


def test_a_growing_msg_seq_is_fine_too(talk):
    assert [code(talk.frame(text, seq, mode="append", msg_seq=seq)) for seq, text in enumerate("abc")] == [None] * 3


@pytest.mark.parametrize(("choice", "expected"), [("refused", 40034021), ("allowed", None)])
def test_a_second_stream(stage, choice, expected):
    talk = Talk(stage, s2_second_stream=choice)
    talk.frame("x")
    assert code(talk.frame("y", stream_msg_id=None, msg_seq=2)) == expected


@pytest.mark.parametrize(("choice", "expected"), [("refused", 40007), ("accepted", None)])
def test_an_empty_last_frame_in_append_mode(stage, choice, expected):
    talk = Talk(stage, s2_empty_close=choice)
    talk.frame("x")
    assert code(talk.frame("", 1, mode="append", state=10)) == expected
    assert talk.shown["text"] == "x"


@pytest.mark.parametrize(("choice", "expected"), [("accepted", None), ("40007", 40007)])
def test_a_frame_after_an_ordinary_answer(stage, choice, expected):
    talk = Talk(stage, s2_after_message=choice)
    talk.frame("x")
    assert stage.reply(stage.say("another")).status == 200
    assert code(talk.frame("xy", 1)) is None, "another message was answered"
    assert stage.reply(talk.said, msg_seq=2).status == 200
    assert code(talk.frame("xyz", 2)) == expected


def test_an_ordinary_answer_before_a_stream_is_no_hindrance(stage):
    talk = Talk(stage, s2_after_message="40007")
    assert stage.reply(talk.said, msg_seq=2).status == 200
    talk.frame("x")
    assert code(talk.frame("xy", 1)) is None


def test_a_stream_that_answers_nothing_is_not_disturbed(stage):
    talk = Talk(stage, s2_after_message="40007")
    proactive = {"msg_id": None, "event_id": None}
    talk.frame("x", **proactive)
    assert stage.reply(talk.said, msg_id=None).status == 200
    assert code(talk.frame("xy", 1, **proactive)) is None


@pytest.mark.parametrize("delivery", ["at-once", "paced"])
def test_the_frames_of_an_unpublished_bot_are_messages(stage, delivery):
    talk = Talk(stage, s2_display="separate", s2_delivery=delivery)
    first = body_of(talk.frame("a"))
    for reply in (talk.frame("ab", 1), talk.frame("abc", 2, state=10)):
        assert (body_of(reply)["id"], body_of(reply)["ext_info"]) == (first["id"], first["ext_info"])
    stage.world.settle(stage.now)
    (chat,) = stage.world.people.chats()
    sent = [message for message in chat["messages"] if message["from"] == "bot"]
    assert [message["text"] for message in sent] == ["a", "ab", "abc"]
    assert {message["stream"] for message in sent} == {"s2"}
    assert not any(message["generating"] for message in sent)
    assert [entry["text"] for entry in stage.entries("user.sees")] == ["a", "ab", "abc"]
    assert {message["reply_to"] for message in sent} == {talk.said["message_id"]}


def test_a_stream_of_nothing_is_no_message(talk):
    assert code(talk.frame("", state=10)) == 304061


@pytest.mark.parametrize(("choice", "expected"), [("40007", 40007), ("40034018", 40034018)])
def test_a_frame_after_the_last(stage, choice, expected):
    talk = Talk(stage, s2_after_close=choice)
    talk.frame("x", state=10)
    assert code(talk.frame("xy", 1)) == expected
    assert talk.shown["text"] == "x"


def test_an_unknown_stream_and_one_of_another_user(stage, talk):
    talk.frame("x")
    assert code(talk.frame("y", stream_msg_id="none")) == 40034018
    other = stage.say(user=stage.world.people.add_user().openid)
    body = {"stream_msg_id": talk.id, "content_raw": "x", "index": 1, "msg_id": other["message_id"]}
    assert code(stage.request("POST", f"/v2/users/{other['user']}/stream_messages", body)) == 40034018


@pytest.mark.parametrize(("size", "expected"), [(20_414, None), (20_415, 40054018)])
def test_the_size_of_a_frame(talk, size, expected):
    assert code(talk.frame("x" * size)) == expected


def test_a_stream_may_be_longer_than_a_frame(talk):
    for index in range(5):
        assert code(talk.frame("啊" * 6000, index, mode="append")) is None
    assert len(talk.shown["text"]) == 30_000


@pytest.mark.parametrize(("choice", "expected"), [("proactive", None), ("refused", 50001)])
def test_without_an_anchor(stage, choice, expected):
    talk = Talk(stage, s2_without_anchor=choice)
    reply = talk.frame("x", msg_id=None, event_id=None)
    assert (reply.status, code(reply)) == (500 if expected else 200, expected)
    if expected is None:
        assert code(talk.frame("xy", 1, msg_id=None, event_id=None)) is None
        stage.set(switches={"proactive": "refused"})
        assert code(talk.frame("y", stream_msg_id=None, msg_id=None, event_id=None)) == 40034021


@pytest.mark.parametrize(("choice", "expected"), [("refused", 50015001), ("accepted", None)])
def test_a_later_frame_without_its_anchor(stage, choice, expected):
    talk = Talk(stage, s2_frame_without_anchor=choice)
    talk.frame("x")
    assert code(talk.frame("xy", 1, msg_id=None, event_id=None)) == expected


def test_a_later_frame_with_another_anchor(stage, talk):
    talk.frame("x")
    assert code(talk.frame("xy", 1, msg_id=stage.say()["message_id"])) == 40034024


@pytest.mark.parametrize(("choice", "accepted"), [("once", 8), ("each", 4)])
def test_what_a_stream_uses_up(stage, choice, accepted):
    talk = Talk(stage, stream_reply_count=choice)
    codes = [code(talk.frame("x", index, mode="append")) for index in range(8)]
    assert codes == [None] * accepted + [40034128] * (8 - accepted)


def test_streams_use_up_the_replies(stage, talk):
    for seq in range(1, 5):
        assert stage.reply(talk.said, msg_seq=seq).status == 200
    assert code(talk.frame("x", msg_seq=5)) == 40034128


def test_too_fast_for_the_bot(stage):
    talk = Talk(stage, s2_pace="50-per-second")
    codes = [code(talk.frame("x", index, mode="append")) for index in range(52)]
    assert codes == [None] * 50 + [50002] * 2
    stage.world.clock.advance(1)
    assert code(talk.frame("x", 99, mode="append")) is None


def test_too_fast_for_one_stream(stage):
    talk = Talk(stage, s2_pace="300-ms")
    talk.frame("x")
    assert code(talk.frame("xy", 1)) == 50002
    stage.world.clock.advance(0.31)
    assert code(talk.frame("xy", 1)) is None


def test_a_late_frame_is_refused_and_takes_effect(stage, talk):
    talk.frame("a")
    stage.world.clock.advance(600)
    assert code(talk.frame("ab", 1)) is None
    stage.world.clock.advance(1)
    late = talk.frame("abc", 2)
    assert (late.status, code(late)) == (400, 40034020)
    assert body_of(late)["message"] == "同一流式消息发送超过时间限制"
    assert talk.shown["text"] == "abc"
    assert code(talk.frame("abc", 2)) == 40006
    assert [entry["text"] for entry in stage.entries("user.sees")] == ["ab"]
    assert code(talk.frame("new", stream_msg_id=None, msg_seq=2, is_wakeup=True)) is None


def test_a_stream_that_nobody_ends_stays_as_it_is(stage, talk):
    talk.frame("half of")
    stage.world.clock.advance(601)
    stage.world.settle(stage.now)
    assert (talk.shown["text"], talk.shown["generating"]) == ("half of", True)
    (seen,) = stage.entries("user.sees")
    assert (seen["text"], seen["unfinished"]) == ("half of", True)


# -- text that waits, and text that is dropped ------------------------------------------------------------------------


def remaining(reply):
    return body_of(reply)["remain_msg_len"]


def look(talk):
    talk.stage.world.settle(talk.stage.now)
    return talk.shown["text"]


def test_accepted_text_may_reach_the_user_bit_by_bit(stage):
    talk = Talk(stage, s2_delivery="paced")
    assert remaining(talk.frame("first")) == 0
    assert look(talk) == "first"
    assert remaining(talk.frame("first" + "x" * 120, 1)) == 120
    stage.world.clock.advance(1)
    assert look(talk) == "first" + "x" * 50
    stage.world.clock.advance(1)
    assert remaining(talk.frame("y", 2, mode="append")) == 21
    stage.world.clock.advance(10)
    assert look(talk) == "first" + "x" * 120 + "y"
    assert talk.shown["generating"] is True


def test_only_what_was_delivered_must_stay(stage):
    talk = Talk(stage, s2_delivery="paced")
    talk.frame("ab")
    talk.frame("ab" + "c" * 60, 1)
    stage.world.clock.advance(1)
    delivered = "ab" + "c" * 50
    assert code(talk.frame(delivered[:-1] + "?", 2)) == 40007
    assert remaining(talk.frame(delivered + "!!!", 2)) == 3
    talk.frame(delivered + "!?", 3, state=10)
    assert (look(talk), talk.shown["generating"]) == (delivered + "!?", False)
    (seen,) = stage.entries("user.sees")
    assert (seen["text"], seen["unfinished"]) == (delivered + "!?", False)


def test_what_has_waited_to_the_end_of_a_streams_life_is_shown(stage):
    talk = Talk(stage, s2_delivery="paced")
    talk.frame("a")
    talk.frame("ab" * 100, 1)
    stage.world.clock.advance(601)
    assert look(talk) == "ab" * 100
    assert code(talk.frame("ab" * 100 + "c", 2)) == 40034020
    assert look(talk) == "ab" * 100 + "c"


def test_a_long_stream_may_be_cut_without_a_word(stage):
    talk = Talk(stage, s2_cut="2048")
    assert code(talk.frame("啊" * 682)) is None
    assert [remaining(talk.frame("啊" * 683, 1)), remaining(talk.frame("z", 2, mode="append"))] == [0, 0]
    assert code(talk.frame("啊" * 700, 3, state=10)) is None
    assert (talk.shown["text"], talk.shown["generating"]) == ("啊" * 682, True)
    (seen,) = stage.entries("user.sees")
    assert (seen["text"], seen["unfinished"]) == ("啊" * 682, True)
    assert code(talk.frame("next", stream_msg_id=None, msg_seq=2)) is None


def test_a_first_frame_that_is_too_long_shows_nothing(stage):
    talk = Talk(stage, s2_cut="2048")
    talk.frame("x" * 2049)
    assert talk.shown["text"] == ""


def test_is_wakeup_skips_the_window_of_what_is_answered(stage, talk):
    stage.world.clock.advance(3601)
    assert code(talk.frame("x")) == 40034005
    assert code(talk.frame("x", is_wakeup=True)) is None


def test_is_wakeup_without_an_anchor_calls_back_once(talk):
    body = {"content_raw": "x", "input_state": 10, "is_wakeup": True}
    assert [code(talk.send(body)) for _ in range(2)] == [None, 40034122]


def test_a_stream_cannot_be_recalled(stage, talk):
    talk.frame("x", state=10)
    reply = stage.request("DELETE", f"/v2/users/{talk.said['user']}/messages/{talk.id}")
    assert (reply.status, code(reply)) == (400, 40061001)


def test_links_are_refused_in_frames_too(stage):
    talk = Talk(stage, urls="40034028")
    assert code(talk.frame("see USER.md")) == 40034028
