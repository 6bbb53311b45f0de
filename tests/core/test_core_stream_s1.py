"""Streams of chunks: each rule, and the contested ones in every choice."""

import pytest

from core.stage import body_of


class Talk:
    """A user's message and the chunks that answer it."""

    def __init__(self, stage, **switches):
        self.stage = stage
        stage.set(switches=switches)
        self.said = stage.say()
        self.seq = 0
        self.id = None

    def chunk(self, text="", state=1, index=0, *, msg_type=2, stream_id=..., seq=None, **fields):
        """One chunk; it continues what the last accepted first chunk began, unless told otherwise."""
        self.seq += 1
        stream = {"state": state, "index": index}
        stream_id = self.id if stream_id is ... else stream_id
        if stream_id is not None:
            stream["id"] = stream_id
        stream |= fields.pop("stream", {})
        body = {"msg_type": msg_type, "stream": stream, "msg_seq": seq or self.seq, "msg_id": self.said["message_id"]}
        body |= {"markdown": {"content": text}} if msg_type == 2 else {"content": text}
        reply = self.stage.request("POST", f"/v2/users/{self.said['user']}/messages", body | fields)
        if reply.status == 200 and stream_id is None:
            self.id = body_of(reply)["id"]
        return reply

    @property
    def shown(self):
        return self.stage.world.people.chats()[0]["messages"][-1]


@pytest.fixture
def talk(stage):
    return Talk(stage)


def code(reply):
    return None if reply.status == 200 else body_of(reply)["err_code"]


def test_the_documented_flow(stage, talk):
    first = body_of(talk.chunk("你好"))
    assert list(first) == ["id", "timestamp", "ext_info"]
    assert talk.shown["generating"] is True
    later = [talk.chunk("我是", index=1), talk.chunk("AI\n", state=10, index=2)]
    keyboard = {"id": "k"}
    later += [talk.chunk(state=11, index=3, keyboard=keyboard), talk.chunk(state=20, index=4)]
    for reply in later:
        assert {**body_of(reply), "timestamp": 0} == {**first, "timestamp": 0}
    assert (talk.shown["text"], talk.shown["generating"], talk.shown["keyboard"]) == ("你好我是AI\n", False, keyboard)
    (seen,) = stage.entries("user.sees")
    assert (seen["text"], seen["message_id"], seen["unfinished"]) == ("你好我是AI\n", first["id"], False)
    assert [entry["part"] for entry in stage.entries("user.stream")] == ["你好", "我是", "AI\n", "", ""]


@pytest.mark.parametrize(
    ("fields", "choice", "expected"),
    [
        ({}, "refused", None),
        ({"id": ""}, "refused", None),
        ({"id": None}, "refused", 40011000),
        ({"id": None}, "accepted", None),
        ({"id": 5}, "refused", 40011000),
        ({"index": None}, "refused", None),
        ({"index": 7}, "refused", None),
        ({"index": -1}, "refused", 40011000),
        ({"index": "0"}, "refused", 40011000),
        ({"state": None}, "refused", 40011000),
        ({"state": 0}, "refused", 40011000),
        ({"state": 21}, "refused", 40011000),
        ({"state": 11}, "refused", 40011000),
        ({"state": 10}, "refused", None),
        ({"reset": False}, "refused", None),
        ({"reset": None}, "refused", None),
        ({"reset": True}, "refused", 40011000),
        ({"reset": "no"}, "refused", 40011000),
    ],
    ids=str,
)
def test_the_first_chunk(stage, fields, choice, expected):
    assert code(Talk(stage, s1_null_id=choice).chunk("x\n", stream=fields)) == expected


@pytest.mark.parametrize("stream", ["x", 5, [], True])
def test_a_stream_is_an_object(talk, stream):
    body = {"content": "x", "stream": stream}
    assert code(talk.stage.request("POST", f"/v2/users/{talk.said['user']}/messages", body)) == 40011000


def test_every_chunk_has_the_type_of_the_first(talk):
    talk.chunk("x")
    assert code(talk.chunk("x", index=1, msg_type=0)) == 40034016
    assert code(talk.chunk("x", index=1)) is None


@pytest.mark.parametrize("msg_type", [3, 6, 7, 99])
def test_only_text_and_markdown_are_streamed(talk, msg_type):
    assert code(talk.chunk("x", msg_type=msg_type)) == 22006


def test_text_is_streamed_too(talk):
    talk.chunk("a", msg_type=0)
    talk.chunk("b", state=10, index=1, msg_type=0)
    assert (talk.shown["text"], talk.shown["msg_type"]) == ("ab", 0)


@pytest.mark.parametrize("end", [6, 9, 10])
def test_an_ended_stream_takes_no_text(talk, end):
    talk.chunk("x")
    talk.chunk("\n", state=end, index=1)
    assert code(talk.chunk("y\n", index=2)) == 40034018
    assert code(talk.chunk("y\n", state=10, index=3)) == 40034018
    assert code(talk.chunk(state=11, index=4)) is None
    assert code(talk.chunk("y\n", index=5)) == 40034018
    assert code(talk.chunk(state=20, index=6)) is None
    assert code(talk.chunk(state=11, index=7)) == 40034019
    assert talk.shown["text"] == "x\n"


def test_buttons_come_after_the_text(talk):
    talk.chunk("x")
    assert code(talk.chunk(state=11, index=1)) == 40011000


def test_the_interactive_part_is_shown_under_the_text(talk):
    talk.chunk("x")
    talk.chunk("\n", state=10, index=1)
    assert talk.shown["guide"] is None
    prompts = {"keyboard": {"content": {"rows": [{"buttons": [{"id": "1"}]}]}}}
    button = {"template_id": 1, "callback_data": "d", "feedback": True}
    talk.chunk("what", state=11, index=2, prompt_keyboard=prompts)
    talk.chunk(" next?", state=20, index=3, action_button=button)
    assert talk.shown["text"] == "x\n"
    assert talk.shown["guide"] == {"text": "what next?", "prompt_keyboard": prompts, "action_button": button}


def test_text_may_have_prompts_already(talk):
    talk.chunk("x", prompt_keyboard=None, action_button={"template_id": 1})
    assert talk.shown["guide"] == {"text": "", "prompt_keyboard": None, "action_button": {"template_id": 1}}


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"prompt_keyboard": "x"}, 40011000),
        ({"action_button": []}, 40011000),
        ({"prompt_keyboard": {"keyboard": {"content": 5}}}, 40011000),
        ({"prompt_keyboard": {"keyboard": {"content": {"rows": [{"buttons": []}] * 6}}}}, 40034029),
        ({"prompt_keyboard": {}}, None),
    ],
    ids=str,
)
def test_the_interactive_part_has_a_form(talk, fields, refusal):
    talk.chunk("x")
    talk.chunk("\n", state=10, index=1)
    assert code(talk.chunk(state=11, index=2, **fields)) == refusal


def test_an_unknown_stream_has_ended(talk):
    assert code(talk.chunk("x", stream_id="ROBOT1.0_x!")) == 40034018


def test_the_stream_of_another_user(stage, talk):
    talk.chunk("x")
    other = stage.world.people.add_user().openid
    body = {"msg_type": 2, "markdown": {"content": "y"}, "stream": {"state": 1, "index": 1, "id": talk.id}}
    assert code(stage.request("POST", f"/v2/users/{other}/messages", body)) == 40034018


@pytest.mark.parametrize(("choice", "expected"), [("increasing", 40006), ("unchecked", None)])
def test_the_index_grows(stage, choice, expected):
    talk = Talk(stage, s1_index=choice, c2c_reply_count="unenforced")
    talk.chunk("a", index=3)
    refused = talk.chunk("b", index=3)
    assert code(refused) == expected
    assert refused.status == (404 if expected else 200)
    assert code(talk.chunk("c", index=9)) is None


@pytest.mark.parametrize(
    ("choice", "middle", "last", "empty"),
    [("final", None, 40034017, None), ("every", 40034017, 40034017, None), ("off", None, None, None)],
)
def test_where_a_newline_is_demanded(stage, choice, middle, last, empty):
    talk = Talk(stage, s1_newline=choice)
    talk.chunk("a\n")
    assert code(talk.chunk("b", index=1)) == middle
    assert code(talk.chunk("c", state=10, index=2)) == last
    if last:
        refused = talk.chunk("c", state=10, index=2)
        assert body_of(refused)["message"] == r"流式消息md分片需要\n结束"
        assert code(talk.chunk("", state=10, index=2)) == empty


def test_text_needs_no_newline(talk):
    assert code(talk.chunk("x", state=10, msg_type=0)) is None


def test_a_chunk_refused_for_its_newline_is_repaired_with_the_same_index_and_seq(talk):
    talk.chunk("a")
    assert code(talk.chunk("b", state=10, index=1, seq=7)) == 40034017
    assert code(talk.chunk("b", state=10, index=1, seq=7, msg_id=None)) == 40034017
    assert code(talk.chunk("b\n", state=10, index=1, seq=7, msg_id=None)) is None
    assert talk.shown["text"] == "ab\n"


@pytest.mark.parametrize(("choice", "new", "old"), [
    ("refused", 40034021, None), ("supersedes", None, 40034022), ("allowed", None, None),
])  # fmt: skip
def test_a_second_stream(stage, choice, new, old):
    talk = Talk(stage, s1_second_stream=choice, stream_reply_count="once")
    talk.chunk("a")
    first = talk.id
    assert code(talk.chunk("b", stream_id="")) == new
    assert code(talk.chunk("c", index=1, stream_id=first)) == old


def test_after_the_end_another_stream_may_begin(talk):
    talk.chunk("a\n", state=10)
    assert code(talk.chunk("b", stream_id="")) is None


def test_another_users_stream_is_no_hindrance(stage, talk):
    talk.chunk("a")
    other = stage.world.people.add_user().openid
    body = {"content": "y", "stream": {"state": 1, "index": 0}}
    assert code(stage.request("POST", f"/v2/users/{other}/messages", body)) is None


def test_a_reset_starts_anew(talk):
    talk.chunk("wrong", index=0)
    talk.chunk("more", index=1)
    assert code(talk.chunk("right", index=0, stream={"reset": True})) is None
    talk.chunk(" text\n", state=10, index=1)
    assert talk.shown["text"] == "right text\n"
    assert code(talk.chunk("again", index=0, stream={"reset": True})) == 40034018


def test_a_reset_may_be_the_end(talk):
    talk.chunk("wrong")
    talk.chunk("all of it\n", state=10, index=9, stream={"reset": True})
    assert talk.shown["text"] == "all of it\n"


def test_msg_seq_is_unique_and_may_have_to_grow(stage):
    talk = Talk(stage)
    talk.chunk("a", seq=9)
    assert code(talk.chunk("b", index=1, seq=9)) == 40054005
    assert code(talk.chunk("b", index=1, seq=3)) is None
    stage.set(switches={"s1_msg_seq": "increasing"})
    assert code(talk.chunk("c", index=2, seq=2)) == 40054005
    assert code(talk.chunk("c", index=2, seq=10)) is None


def test_a_used_msg_seq_is_told_before_what_the_stream_thinks(stage):
    talk = Talk(stage, s1_second_stream="refused")
    talk.chunk("a", seq=9, index=4)
    assert code(talk.chunk("a", seq=9, index=0)) == 40054005
    talk.id = None
    assert code(talk.chunk("a", seq=9)) == 40054005
    assert code(talk.chunk("a", seq=10)) == 40034021


@pytest.mark.parametrize(("choice", "accepted"), [("once", 12), ("each", 4)])
def test_what_a_stream_uses_up(stage, choice, accepted):
    talk = Talk(stage, stream_reply_count=choice)
    codes = [code(talk.chunk("x", index=index)) for index in range(12)]
    assert codes == [None] * accepted + [40034128] * (12 - accepted)


def test_sizes(stage, talk):
    stage.set(stream_chunk_bytes=6, stream_chunks=3)
    assert code(talk.chunk("你好啊")) == 40054014
    assert code(talk.chunk("你好")) is None
    assert [code(talk.chunk("x", index=index)) for index in (1, 2, 3)] == [None, None, 40054015]


def test_an_open_stream_may_have_to_be_kept_alive(stage):
    talk = Talk(stage, s1_idle="10")
    talk.chunk("first ")
    for index in (1, 2, 3):
        stage.world.clock.advance(10)
        assert code(talk.chunk("more ", index=index)) is None
    stage.world.clock.advance(10.5)
    assert code(talk.chunk("\n", state=10, index=4)) == 40034020
    assert (talk.shown["text"], talk.shown["generating"]) == ("first ", False)
    assert code(talk.chunk("new\n", state=10, stream_id="")) is None


@pytest.mark.parametrize(("life", "seconds"), [("600", 600), ("180", 180)])
def test_an_unclosed_stream_falls_back_to_its_first_chunk(stage, life, seconds):
    talk = Talk(stage, stream_life=life)
    talk.chunk("first ")
    talk.chunk("second", index=1)
    stage.world.clock.advance(seconds)
    assert code(talk.chunk("third", index=2)) is None
    stage.world.clock.advance(0.5)
    assert code(talk.chunk("\n", state=10, index=3)) == 40034020
    assert (talk.shown["text"], talk.shown["generating"]) == ("first ", False)
    (seen,) = stage.entries("user.sees")
    assert (seen["text"], seen["unfinished"]) == ("first ", True)
    assert code(talk.chunk("new\n", state=10, stream_id="")) is None


def test_an_unclosed_stream_is_seen_to_fall_back_without_another_request(stage, talk):
    talk.chunk("first ")
    talk.chunk("second", index=1)
    stage.world.clock.advance(601)
    stage.world.settle(stage.now)
    assert talk.shown["text"] == "first "


@pytest.mark.parametrize(("choice", "expected"), [("ignored", [200, 200]), ("refused", [400, 400])])
def test_in_a_group_there_are_no_streams(stage, choice, expected):
    stage.set(switches={"stream_in_group": choice})
    message = stage.say(group=stage.world.people.group(None).group_openid)
    replies = [
        stage.reply(message, msg_seq=seq, stream={"state": 1, "index": seq, "id": "x"}) for seq in (1, 2)
    ]  # fmt: skip
    assert [reply.status for reply in replies] == expected
    assert len(stage.entries("user.sees")) == expected.count(200)


def test_a_proactive_stream_is_one_message_of_the_quota(stage, talk):
    for index in range(30):
        assert code(talk.chunk("x", index=index, msg_id=None)) is None
    assert talk.shown["reply_to"] is None
    stage.set(switches={"proactive": "refused", "s1_second_stream": "allowed"})
    assert code(talk.chunk("x", stream_id="", msg_id=None)) == 40034105
    assert code(talk.chunk("x", index=99, msg_id=None)) is None


def test_a_stream_with_a_bad_msg_id_fails_like_any_message(talk):
    assert code(talk.chunk("x", msg_id="ROBOT1.0_none!")) == 40034024


def test_an_open_stream_stays_in_a_chat_that_runs_over(stage, monkeypatch):
    monkeypatch.setattr("fakeqq.core.people.CHAT_LIMIT", 3)
    talk = Talk(stage)
    talk.chunk("a")
    for _ in range(5):
        stage.say(user=talk.said["user"])
    talk.chunk("b\n", state=10, index=1)
    assert [entry["text"] for entry in stage.entries("user.sees")] == ["ab\n"]
    assert [message["stream"] for message in stage.world.people.chats()[0]["messages"]] == ["s1", None, None]
