# ruff: noqa: S311 - dice that fall the same way each time
import random
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeqq.wire.business_codes import business_meaning
from fakeqq.wire.errors import find_error
from reference_client.answers import Answer, ApiError, Loss, NoAnswer
from reference_client.sender import (
    AGAIN_STEPS,
    FIRST_NUMBERS,
    MOST_NEXT_SEQS,
    REMEDIES,
    SLOW_STEPS,
    Delivered,
    Delivery,
    Failed,
    Remedy,
    Send,
    Sequences,
    remedy_for,
)

OK = Answer(200, {"id": "ROBOT1.0_x", "timestamp": "2026-01-01T00:00:00+08:00"})
PASSIVE = {"content": "hi", "msg_type": 0, "msg_id": "m"}
PROACTIVE = {"content": "hi", "msg_type": 0}
MARKDOWN = {"markdown": {"content": "# hi"}, "msg_type": 2, "msg_id": "m"}


def refusal(code, status=400, err_code=None, message="no"):
    return Answer(status, {"message": message, "code": code, "err_code": err_code or code, "trace_id": "abc"})


def numbers_from(first, **options):
    return Sequences(SimpleNamespace(randint=lambda *_: first), **options)


def delivery(body=PASSIVE, sequences=None, numbered=True):
    return Delivery(
        "POST /v2/users/{openid}/messages",
        body,
        sequences=sequences or numbers_from(1),
        numbered=numbered,
        random=random.Random(1),
    )


def play(machine, *outcomes):
    """The bodies that are sent while `outcomes` come, and the last step."""
    step, bodies = machine.begin(), []
    for outcome in outcomes:
        assert isinstance(step, Send), step
        bodies.append(step.body)
        step = machine.after(outcome)
    if isinstance(step, Send):
        bodies.append(step.body)
    return bodies, step


class TestNumbers:
    def test_replies_to_one_message_are_numbered_one_by_one(self):
        sequences = numbers_from(71)
        numbers = [delivery(sequences=sequences).begin().body["msg_seq"] for _ in range(5)]
        assert numbers == [71, 72, 73, 74, 75]

    def test_each_process_begins_at_a_number_of_its_own(self):
        firsts = {Sequences(random.Random(seed)).allot("m") for seed in range(100)}
        assert len(firsts) > 90
        assert min(firsts) >= 1
        assert max(firsts) <= FIRST_NUMBERS

    def test_the_first_number_is_drawn_from_all(self):
        drawn = []
        Sequences(SimpleNamespace(randint=lambda *bounds: drawn.append(bounds)))
        assert drawn == [(1, FIRST_NUMBERS)]

    def test_each_message_has_its_own_numbers(self):
        sequences = numbers_from(1)
        delivery(sequences=sequences)
        assert delivery(PASSIVE | {"msg_id": "other"}, sequences).begin().body["msg_seq"] == 1

    def test_proactive_messages_and_channels_have_none(self):
        assert "msg_seq" not in delivery(PROACTIVE).begin().body
        assert "msg_seq" not in delivery(PASSIVE, numbered=False).begin().body

    def test_the_memory_is_bounded_and_forgets_the_oldest(self):
        sequences = numbers_from(1, capacity=2)
        for anchor in ("a", "b", "a", "c"):
            sequences.allot(anchor)
        assert sequences.allot("a") == 3
        assert sequences.allot("b") == 1

    def test_the_callers_body_is_left_alone(self):
        body = dict(PASSIVE)
        play(delivery(body), refusal(40034005), OK)
        assert body == PASSIVE


@pytest.mark.parametrize(
    "answer",
    [
        OK,
        Answer(200),
        Answer(200, None),
        Answer(200, []),
        Answer(200, {}),
        Answer(204),
        Answer(200, text="surprise"),
        Answer(202, {"code": 304023, "message": "push", "data": {"message_audit": {"audit_id": "a"}}}),
        Answer(200, {"id": "x", "audit_id": "x"}),
    ],
)
def test_odd_answers_are_deliveries(answer):
    assert play(delivery(), answer)[1] == Delivered(answer)


@pytest.mark.parametrize(
    ("answer", "remedy"),
    [
        (refusal(40034005), Remedy.WITHOUT_ANCHOR),
        (refusal(40034031), Remedy.WITHOUT_ANCHOR),
        (refusal(304103), Remedy.WITHOUT_ANCHOR),
        (refusal(40034128), Remedy.WITHOUT_ANCHOR),
        (refusal(40034024), Remedy.WITHOUT_ANCHOR),
        (refusal(40054005), Remedy.NEXT_SEQ),
        (refusal(11244, 401, 40011027), Remedy.NEW_TOKEN),
        (refusal(11244, 500), Remedy.NEW_TOKEN),
        (refusal(11244, 200), Remedy.NEW_TOKEN),
        (Answer(401, {"err_code": 40011027}), Remedy.NEW_TOKEN),
        (refusal(22009), Remedy.SLOW_DOWN),
        (refusal(100017, 400, 40023001), Remedy.SLOW_DOWN),
        (refusal(40034100), Remedy.SLOW_DOWN),
        (Answer(429), Remedy.SLOW_DOWN),
        (Answer(429, text="<html>"), Remedy.SLOW_DOWN),
        (Answer(500), Remedy.AGAIN),
        (Answer(504, text="<html>"), Remedy.AGAIN),
        (refusal(850012, 500), Remedy.AGAIN),
        (refusal(50055001, 500), Remedy.AGAIN),
        (refusal(40034012), Remedy.AS_TEXT),
        (refusal(304041, 500), Remedy.AS_TEXT),
        (refusal(50056), Remedy.AS_TEXT),
        (refusal(304036), Remedy.AS_TEXT),
        (refusal(40034127), Remedy.AS_TEXT),
        (refusal(40034105), Remedy.GIVE_UP),
        (refusal(40034102), Remedy.GIVE_UP),
        (refusal(11255, 500), Remedy.GIVE_UP),
        (refusal(11255, 400, 40011028), Remedy.GIVE_UP),
        (refusal(11298, 401, 40023002), Remedy.GIVE_UP),
        (refusal(304061), Remedy.GIVE_UP),
        (Answer(413, text="<html>"), Remedy.GIVE_UP),
        (Answer(302), Remedy.GIVE_UP),
    ],
)
def test_what_each_refusal_asks_for(answer, remedy):
    assert remedy_for(answer) is remedy


@pytest.mark.parametrize("code", sorted(REMEDIES))
def test_every_number_of_ours_is_one_of_the_platforms(code):
    assert find_error(code) is not None or business_meaning(code) is not None


class TestAnchor:
    @pytest.mark.parametrize("code", [40034005, 40034031, 304103, 40034128, 40034024])
    def test_a_spent_msg_id_is_left_out_once(self, code):
        bodies, step = play(delivery(PASSIVE | {"event_id": "e"}), refusal(code), OK)
        assert bodies[1] == PROACTIVE
        assert step == Delivered(OK)

    def test_if_that_is_refused_too_both_reasons_are_told(self):
        first, second = refusal(40034005, message="expired"), refusal(40034105, message="no permission")
        bodies, step = play(delivery(), first, second)
        assert len(bodies) == 2
        assert isinstance(step, Failed)
        assert step.error.code == 40034105
        assert "expired" in str(step.error)
        assert "no permission" in str(step.error)

    def test_there_is_no_loop(self):
        bodies, step = play(delivery(), refusal(40034005), refusal(40034005))
        assert len(bodies) == 2
        assert isinstance(step, Failed)

    @pytest.mark.parametrize("lost", [NoAnswer(Loss.TIMEOUT, "late"), NoAnswer(Loss.DROPPED, "gone"), Answer(500)])
    def test_what_may_have_arrived_is_not_sent_again_without_its_number(self, lost):
        bodies, step = play(delivery(), lost, refusal(40034005))
        assert [body["msg_seq"] for body in bodies] == [1, 1]
        assert isinstance(step, Failed)

    def test_a_proactive_message_has_nothing_to_leave_out(self):
        assert isinstance(play(delivery(PROACTIVE), refusal(40034024))[1], Failed)


class TestDuplicates:
    def test_a_number_used_before_is_replaced_by_the_next(self):
        bodies, step = play(delivery(), refusal(40054005), refusal(40054005), OK)
        assert [body["msg_seq"] for body in bodies] == [1, 2, 3]
        assert step == Delivered(OK)

    @pytest.mark.parametrize(
        "lost", [NoAnswer(Loss.DROPPED, "x"), NoAnswer(Loss.TIMEOUT, "x"), Answer(500), Answer(504)]
    )
    def test_after_a_lost_answer_it_means_that_the_message_arrived(self, lost):
        duplicate = refusal(40054005)
        bodies, step = play(delivery(), lost, duplicate)
        assert [body["msg_seq"] for body in bodies] == [1, 1]
        assert step == Delivered(duplicate)

    def test_after_a_try_that_never_left_it_means_a_used_number(self):
        bodies, _ = play(delivery(), NoAnswer(Loss.NOT_SENT, "refused"), refusal(40054005), OK)
        assert [body["msg_seq"] for body in bodies] == [1, 1, 2]

    def test_it_ends(self):
        bodies, step = play(delivery(), *[refusal(40054005)] * (MOST_NEXT_SEQS + 1))
        assert len(bodies) == MOST_NEXT_SEQS + 1
        assert isinstance(step, Failed)

    def test_without_a_number_it_is_a_failure(self):
        assert isinstance(play(delivery(PROACTIVE), refusal(40054005))[1], Failed)


class TestRetries:
    @pytest.mark.parametrize(
        "trouble",
        [
            Answer(500),
            Answer(504),
            NoAnswer(Loss.DROPPED, "x"),
            NoAnswer(Loss.NOT_SENT, "x"),
            NoAnswer(Loss.TIMEOUT, "x"),
        ],
    )
    def test_a_passive_reply_is_sent_again_with_the_same_number(self, trouble):
        bodies, step = play(delivery(), trouble, trouble, trouble, OK)
        assert all(body == bodies[0] for body in bodies)
        assert step == Delivered(OK)

    @pytest.mark.parametrize("trouble", [Answer(500), NoAnswer(Loss.NOT_SENT, "x"), NoAnswer(Loss.TIMEOUT, "x")])
    def test_waits_grow_and_end_with_a_report(self, trouble):
        machine, waits = delivery(), []
        machine.begin()
        while isinstance(step := machine.after(trouble), Send):
            waits.append(step.after)
        assert len(waits) == len(AGAIN_STEPS)
        assert waits == sorted(waits)
        assert isinstance(step, Failed)

    @pytest.mark.parametrize("trouble", [refusal(22009), refusal(100017, 400, 40023001), Answer(429, text="<html>")])
    def test_too_fast_slows_down_and_ends_with_a_report(self, trouble):
        machine, waits = delivery(), []
        machine.begin()
        while isinstance(step := machine.after(trouble), Send):
            waits.append(step.after)
        assert len(waits) == len(SLOW_STEPS)
        assert waits == sorted(waits)
        assert waits[0] >= 0.5
        assert isinstance(step, Failed)
        assert str(step.error)

    def test_after_a_dropped_connection_a_fresh_one_is_used(self):
        machine = delivery()
        assert not machine.begin().fresh_connection
        assert machine.after(NoAnswer(Loss.STALE, "x")) == Send(machine.begin().body, 0.0, fresh_connection=True)
        assert machine.after(NoAnswer(Loss.DROPPED, "x")).fresh_connection

    @pytest.mark.parametrize("trouble", [Answer(500), Answer(504), NoAnswer(Loss.TIMEOUT, "x")])
    @pytest.mark.parametrize(
        ("body", "numbered"),
        [(PROACTIVE, True), (PASSIVE, False), ({"file_type": 1, "url": "u", "srv_send_msg": True}, True)],
    )
    def test_what_nothing_tells_from_its_repetition_is_not_repeated(self, body, numbered, trouble):
        bodies, step = play(delivery(body, numbered=numbered), trouble)
        assert len(bodies) == 1
        assert isinstance(step, Failed)

    @pytest.mark.parametrize("trouble", [Answer(500), Answer(504), NoAnswer(Loss.TIMEOUT, "x")])
    def test_an_upload_that_sends_nothing_is_repeated(self, trouble):
        upload = {"file_type": 1, "url": "u", "srv_send_msg": False}
        bodies, step = play(delivery(upload), trouble, trouble, OK)
        assert bodies == [upload] * 3
        assert step == Delivered(OK)

    @pytest.mark.parametrize("loss", [Loss.TIMEOUT, Loss.DROPPED])
    def test_a_proactive_message_that_may_have_arrived_is_not_sent_again(self, loss):
        assert isinstance(play(delivery(PROACTIVE), NoAnswer(loss, "x"))[1], Failed)

    def test_a_proactive_message_on_a_stale_connection_is_tried_once_more(self):
        stale = NoAnswer(Loss.STALE, "Server disconnected")
        bodies, step = play(delivery(PROACTIVE), stale, stale)
        assert len(bodies) == 2
        assert isinstance(step, Failed)
        assert "Server disconnected" in str(step.error)

    def test_a_proactive_message_that_never_left_is_tried_again(self):
        refused = NoAnswer(Loss.NOT_SENT, "refused")
        assert play(delivery(PROACTIVE), refused, refused, OK)[1] == Delivered(OK)


class TestToken:
    def test_one_new_token_then_a_report(self):
        machine = delivery()
        machine.begin()
        step = machine.after(refusal(11244, 401, 40011027))
        assert step == Send(PASSIVE | {"msg_seq": 1}, renew_token=True)
        assert isinstance(machine.after(refusal(11244, 401, 40011027)), Failed)


class TestMarkdown:
    @pytest.mark.parametrize("answer", [refusal(40034012), refusal(304041, 500)])
    def test_refused_markdown_becomes_text(self, answer):
        bodies, step = play(delivery(MARKDOWN), answer, OK)
        assert bodies[1] == {"content": "# hi", "msg_type": 0, "msg_id": "m", "msg_seq": 1}
        assert step == Delivered(OK)

    def test_text_refused_as_markdown_is_a_failure(self):
        assert isinstance(play(delivery(), refusal(40034012))[1], Failed)
        assert isinstance(play(delivery(MARKDOWN), refusal(40034012), refusal(40034012))[1], Failed)


def test_a_failure_carries_everything():
    answer = Answer(400, {"message": "主动消息失败, 无权限", "code": 1, "err_code": 40034105}, trace_id="tr")
    error = play(delivery(PROACTIVE), answer)[1].error
    assert isinstance(error, ApiError)
    assert (error.status, error.code, error.err_code, error.trace_id) == (400, 1, 40034105, "tr")
    assert error.message == "主动消息失败, 无权限"
    for part in ("POST /v2/users/{openid}/messages", "400", "40034105", "主动消息失败, 无权限", "tr"):
        assert part in str(error)


OUTCOMES = st.one_of(
    st.builds(NoAnswer, st.sampled_from(Loss), st.just("x")),
    st.builds(refusal, st.sampled_from([*REMEDIES, 304061, 850012]), st.sampled_from([200, 400, 401, 500, 504])),
    st.builds(Answer, st.sampled_from([400, 404, 429, 500, 502, 503, 504])),
)


@given(st.sampled_from([PASSIVE, PROACTIVE, MARKDOWN]), st.booleans(), st.lists(OUTCOMES, min_size=50, max_size=50))
def test_whatever_comes_it_ends_and_waits_stay_bounded(body, numbered, outcomes):
    machine = delivery(body, numbered=numbered)
    step, tries, waited = machine.begin(), 0, 0.0
    while isinstance(step, Send):
        waited += step.after
        step = machine.after(outcomes[tries])
        tries += 1
    assert tries <= 1 + len(AGAIN_STEPS) + len(SLOW_STEPS) + MOST_NEXT_SEQS + 3
    assert waited <= sum(AGAIN_STEPS) + sum(SLOW_STEPS)
    if isinstance(step, Failed):
        assert str(step.error)


@given(st.lists(st.sampled_from(["ok", "lost after effect", "lost before effect"]), max_size=8))
def test_a_platform_that_counts_shows_a_passive_reply_at_most_once(story):
    """The platform's rule is the dedup of (msg_id, msg_seq); the story is what happens to each try."""
    taken, shown = set(), 0
    machine = delivery()
    step = machine.begin()
    for moment in [*story, "ok", "ok", "ok"]:
        if not isinstance(step, Send):
            break
        number = step.body["msg_seq"]
        if moment == "lost before effect":
            step = machine.after(NoAnswer(Loss.DROPPED, "x"))
        elif number in taken:
            step = machine.after(refusal(40054005))
        else:
            taken.add(number)
            shown += 1
            step = machine.after(OK if moment == "ok" else NoAnswer(Loss.TIMEOUT, "x"))
    assert shown <= 1


class TestWhatASecondTryIs:
    def test_after_a_loss_it_waits_and_is_the_same_on_another_connection(self):
        machine = delivery()
        first = machine.begin()
        step = machine.after(NoAnswer(Loss.TIMEOUT, "nothing"))
        assert (step.body, step.fresh_connection) == (first.body, True)
        assert step.after > 0

    def test_after_haste_it_waits_and_is_the_same(self):
        machine = delivery()
        first = machine.begin()
        step = machine.after(Answer(429))
        assert step.body == first.body
        assert step.after > 0

    def test_after_a_server_error_it_waits_and_is_the_same(self):
        machine = delivery()
        first = machine.begin()
        step = machine.after(Answer(500))
        assert step.body == first.body
        assert step.after > 0

    def test_a_message_without_a_number_can_lose_its_anchor(self):
        machine = delivery({"content": "hi", "msg_id": "m"}, numbered=False)
        machine.begin()
        assert machine.after(refusal(40034005)).body == {"content": "hi"}

    def test_an_error_of_the_first_try_has_no_history(self):
        machine = delivery()
        machine.begin()
        failed = machine.after(refusal(11253))
        assert str(failed.error) == "POST /v2/users/{openid}/messages failed: HTTP 400 code 11253: no"

    def test_an_error_of_the_plain_text_names_what_the_markdown_met(self):
        machine = delivery(MARKDOWN)
        machine.begin()
        machine.after(refusal(40034012, message="no markdown"))
        assert "after HTTP 400 code 40034012: no markdown" in str(machine.after(refusal(11253)).error)
