"""The tolerances: each has a reason, and they stand in the order that the checks rely on."""

import pytest

from conformance.harness import pace
from conformance.harness.pace import Span

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


def test_the_backstop_lets_the_slowest_good_bot_end():
    refused_identifies = 6
    slowest = pace.STARTS.seconds + pace.LEAVES_REFUSED.seconds + refused_identifies * pace.COMES_BACK.seconds
    assert pace.BACKSTOP.seconds > slowest + pace.ANSWERS.seconds
