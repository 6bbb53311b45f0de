"""Faults that stand at a webhook delivery: what leaves, in which order, and what is made again."""

import pytest

from core.webhook_stage import answer, take
from fakeqq.core.errors import ControlError
from fakeqq.core.webhooks.webhook_answers import NoAnswer


def stand(stage, *verbs, on="webhook: EVENT", **more):
    do = [{"verb": verb} if isinstance(verb, str) else verb for verb in verbs]
    stage.faults({"name": "on-the-way", "on": on, "do": do, **more})


def fired(stage):
    return [(entry["moment"], entry["delivery"]) for entry in stage.entries("fault")]


def test_a_lost_delivery_is_made_again(stage, hook):
    stand(stage, "drop")
    stage.say()
    assert take(stage) == []
    (lost,) = stage.entries("webhook.response")
    assert (lost["request"], lost["acked"], lost["why"]) == (None, False, "lost on its way by a fault")
    assert lost["again_after"] is not None
    assert fired(stage) == [("webhook: EVENT", 1)]
    stage.real += lost["again_after"]
    hook.tick(stage.now)
    (again,) = take(stage)
    assert (again.parcel.attempt, again.parcel.event_id) == (2, lost["event_id"])


def test_an_event_lost_each_time_is_given_up(stage, hook):
    stand(stage, "drop", times=None)
    stage.say()
    for _ in range(hook.settings.deliveries + 2):
        assert take(stage) == []
        stage.real += hook.settings.retry_after
        hook.tick(stage.now)
    assert len(fired(stage)) == hook.settings.deliveries
    assert stage.entries("webhook.response")[-1]["again_after"] is None


@pytest.mark.usefixtures("hook")
def test_twice_is_byte_for_byte_and_made_again_once(stage):
    stand(stage, "twice")
    stage.say()
    first, second = take(stage)
    assert (first.headers, first.body) == (second.headers, second.body)
    assert first.number != second.number
    assert len(stage.entries("webhook.request")) == 2
    assert answer(stage, first, NoAnswer("none"))["again_after"] is not None
    assert answer(stage, second, NoAnswer("none"))["again_after"] is None


@pytest.mark.usefixtures("hook")
def test_swap_waits_for_the_next_ones_answer(stage):
    stage.say("before")
    (before,) = take(stage)
    stand(stage, "swap")
    stage.say("first")
    assert take(stage) == []
    answer(stage, before)
    assert take(stage) == [], "that one went before it"
    stage.say("second")
    (second,) = take(stage)
    assert "second" in second.body.decode()
    assert take(stage) == []
    answer(stage, second)
    (first,) = take(stage)
    assert "first" in first.body.decode()
    assert fired(stage) == [("webhook: EVENT", 2)]


def test_delay_keeps_the_number_and_meets_no_second_fault(stage, hook):
    stand(stage, {"verb": "delay", "seconds": 5}, times=None)
    stage.say()
    assert take(stage) == []
    assert hook.as_json()["waiting"] == 1
    stage.real += 4.9
    hook.tick(stage.now)
    assert take(stage) == []
    stage.real += 0.2
    hook.tick(stage.now)
    (late,) = take(stage)
    assert (late.number, late.parcel.attempt) == (1, 1)
    assert fired(stage) == [("webhook: EVENT", 1)]


def test_a_fault_can_stand_at_the_validation_alone(stage, hook):
    stand(stage, "drop", on="webhook: VALIDATION")
    stage.say()
    assert len(take(stage)) == 1
    hook.validate(stage.now)
    assert take(stage) == []
    assert fired(stage) == [("webhook: VALIDATION", 2)]
    assert stage.entries("webhook.response")[-1]["acked"] is False


def test_what_is_held_back_is_given_up_with_the_webhook(stage, hook):
    stand(stage, "swap")
    stage.say()
    take(stage)
    hook.stop(stage.now)
    (entry,) = stage.entries("webhook.response")
    assert entry["why"] == "given up: the webhook was removed"
    assert hook.as_json()["waiting"] == 0


def test_what_a_fault_did_to_a_delivery_is_not_done_to_its_repetition(stage, hook):
    stand(stage, {"verb": "cut", "bytes": 3})
    stage.say()
    (cut,) = take(stage)
    assert stage.entries("webhook.request")[-1]["cut"] == 3
    answer(stage, cut, NoAnswer("broken off by a fault"))
    hook.repeat(stage.now)
    (whole,) = take(stage)
    assert not whole.parcel.mishap.breaks_off
    assert "cut" not in stage.entries("webhook.request")[-1]


@pytest.mark.parametrize("verb", ["error", "close", "garbage", "stall"])
def test_verbs_of_other_moments_are_refused_at_a_delivery(stage, verb):
    with pytest.raises(ControlError, match=r"verbs there: delay, drop, twice, swap, reset, cut|code|name"):
        stand(stage, verb)
