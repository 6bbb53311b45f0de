"""The tolerances: each has a reason, and they stand in the order that the checks rely on."""

import pytest

from conformance.harness import pace
from conformance.harness.pace import Span
from conformance.registry import all_cases

SPANS = {name: value for name, value in vars(pace).items() if isinstance(value, Span)}


@pytest.mark.parametrize("name", SPANS)
def test_every_span_has_a_reason(name):
    assert len(SPANS[name].reason) > 30


def test_a_span_is_the_adapters_seconds_and_the_machines():
    span = Span(60, 5, "")
    assert span.real(1) == 65
    assert span.real(10) == 11
    assert span.adapter(1) == 65
    assert span.adapter(10) == 110


def test_no_fixed_heartbeat_of_a_released_client_is_in_time():
    assert pace.LATE_HEARTBEAT * pace.HEARTBEAT_INTERVAL.seconds < 30
    assert pace.EARLY_HEARTBEAT * pace.HEARTBEAT_INTERVAL.seconds < 0.5 * pace.HEARTBEAT_INTERVAL.seconds


def test_a_late_bot_is_told_from_a_silent_one():
    assert pace.MISSING_HEARTBEAT.seconds > 45


def test_a_half_open_connection_may_take_three_intervals():
    assert pace.HALF_OPEN.seconds > 3 * pace.HEARTBEAT_INTERVAL.seconds


def test_an_old_loop_is_told_from_a_new_one():
    assert pace.BRISK_HEARTBEAT.seconds < pace.NEW_PACE * pace.CHANGED_HEARTBEAT.seconds
    assert pace.NEW_PACE < 0.5
    assert pace.BRISK_HEARTBEAT.seconds * pace.FOLLOWS_LOOSELY < 30


def test_a_late_ack_comes_between_the_next_heartbeat_and_the_next_but_one():
    assert 1 < pace.LATE_ACK < 1.5
    assert (1.5 - pace.LATE_ACK) * pace.PATIENT_HEARTBEAT.seconds > 2, "a busy machine must not make it later than that"


def test_a_doubled_timer_is_told_from_a_single_one():
    assert 0.5 < pace.UNCHAINED_PACE < 0.8


def test_a_usual_interval_is_neither_a_flood_nor_silence():
    assert min(pace.NOT_SILENT.seconds, pace.NEXT_BEAT.seconds) > 45
    assert 1.5 * pace.FLOOD.seconds < pace.FLOODING_BEATS


def test_shards_that_hurry_are_told_from_two_frames_that_met_on_the_way():
    assert 2 < pace.IDENTIFY_SPACING.seconds < 4


def test_a_pause_that_saves_session_starts_is_shorter_than_the_last_step_of_good_ladders():
    assert 3600 / pace.FRUGAL_PAUSE.seconds <= 250
    assert pace.FRUGAL_PAUSE.seconds < 30


def test_the_deadline_lets_the_slowest_good_bot_end():
    refused_identifies = 6
    takes = next(case.check.takes for case in all_cases() if case.id == "identify/invalid-session")
    slowest = pace.STARTS.seconds + pace.LEAVES_REFUSED.seconds + refused_identifies * pace.COMES_BACK.seconds
    assert pace.deadline(takes).seconds > slowest + pace.ANSWERS.seconds


def test_long_stories_have_later_deadlines():
    assert pace.deadline(3700).seconds > pace.LONG_OUTAGE.seconds + pace.deadline(10).seconds
