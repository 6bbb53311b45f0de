import pytest

from reference_client.answers import Answer
from reference_client.pauses import FORGOTTEN_AFTER, PACE, Pauses

CHAT = Answer(400, {"code": 22009, "message": "msg limit exceed"})
BOT = Answer(400, {"code": 100017, "err_code": 40023001, "message": "slow"})


def test_without_a_refusal_nobody_waits():
    pauses = Pauses()
    assert [pauses.slot("/a/messages", 5.0) for _ in range(3)] == [5.0] * 3


def test_all_sends_to_a_chat_wait_together_and_come_back_one_by_one():
    pauses = Pauses()
    pauses.refused("/a/messages", CHAT, 2.0, 10.0)
    assert [pauses.slot("/a/messages", 10.5) for _ in range(3)] == pytest.approx([12.0, 12.0 + PACE, 12.0 + 2 * PACE])
    assert pauses.slot("/b/messages", 10.5) == 10.5


def test_a_chat_is_one_for_texts_streams_and_uploads():
    pauses = Pauses()
    pauses.refused("/v2/users/U/stream_messages", CHAT, 2.0, 10.0)
    assert pauses.slot("/v2/users/U/messages", 10.0) == 12.0
    assert pauses.slot("/v2/users/V/stream_messages", 10.0) == 10.0


def test_the_pace_of_one_stream_is_nobody_elses():
    pauses = Pauses()
    pauses.refused("/a/stream_messages", Answer(429, {"code": 50002}), 2.0, 10.0)
    assert pauses.slot("/a/stream_messages", 10.0) == 10.0


@pytest.mark.parametrize("answer", [BOT, Answer(429), Answer(429, text="<html>")])
def test_a_limit_of_the_bot_stops_every_chat(answer):
    pauses = Pauses()
    pauses.refused("/a/messages", answer, 2.0, 10.0)
    assert [pauses.slot(path, 10.0) for path in ("/b/messages", "/a/messages")] == pytest.approx([12.0, 12.0 + PACE])


def test_a_later_refusal_never_shortens_a_pause():
    pauses = Pauses()
    pauses.refused("/a/messages", CHAT, 30.0, 10.0)
    pauses.refused("/a/messages", CHAT, 1.0, 11.0)
    assert pauses.slot("/a/messages", 12.0) == 40.0


def test_a_pause_is_as_long_as_the_wait_from_the_clocks_first_second_on():
    pauses = Pauses()
    pauses.refused("/a/messages", CHAT, 0.25, 0.0)
    assert pauses.slot("/a/messages", 0.0) == 0.25


def test_a_refusal_a_minute_after_the_last_one_begins_a_pause_of_its_own():
    pauses = Pauses()
    pauses.refused("/a/messages", CHAT, 2 * FORGOTTEN_AFTER, 0.0)
    pauses.refused("/a/messages", CHAT, 1.0, FORGOTTEN_AFTER)
    assert pauses.slot("/a/messages", FORGOTTEN_AFTER) == FORGOTTEN_AFTER + 1.0


def test_a_scope_is_forgotten_a_minute_after_its_last_refusal():
    pauses = Pauses()
    refused_at = 100.0
    pauses.refused("/a/messages", CHAT, FORGOTTEN_AFTER + 5.0, refused_at)
    assert pauses.slot("/a/messages", refused_at + FORGOTTEN_AFTER - 1.0) == refused_at + FORGOTTEN_AFTER + 5.0
    now = refused_at + FORGOTTEN_AFTER
    assert [pauses.slot("/a/messages", now) for _ in range(2)] == [now, now]
    pauses.refused("/b/messages", CHAT, 1.0, now)
    pauses.refused("/c/messages", CHAT, 1.0, now + FORGOTTEN_AFTER - 1.0)
    assert list(pauses._scopes) == ["/b", "/c"]
