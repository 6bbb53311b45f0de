"""Limits against the documents' numbers."""

from fakeqq.wire import limits
from fakeqq.wire.evidence import Evidence


def test_every_limit_is_listed_under_its_own_name():
    named = {name: value for name, value in vars(limits).items() if isinstance(value, limits.Limit)}
    assert {row.name: row for row in limits.LIMITS} == named
    assert len(limits.LIMITS) == len(named)


def test_numbers_are_positive_and_have_a_unit():
    for row in limits.LIMITS:
        assert row.value > 0
        assert row.unit


def test_session_start_limit_is_the_documented_example(golden):
    assert golden("gateway_bot")["body"]["session_start_limit"] == {
        "total": limits.SESSION_START_TOTAL.value,
        "remaining": limits.SESSION_START_TOTAL.value,
        "reset_after": limits.SESSION_START_RESET_MS.value,
        "max_concurrency": limits.MAX_CONCURRENCY.value,
    }


def test_the_token_lives_as_long_as_documented(golden):
    assert str(limits.TOKEN_LIFETIME.value) == golden("token")["body"]["expires_in"]


def test_the_heartbeat_interval_is_the_observed_one_and_says_so(golden):
    documented = golden("hello")["frame"]["d"]["heartbeat_interval"]
    assert limits.HEARTBEAT_INTERVAL_MS.value != documented
    assert limits.HEARTBEAT_INTERVAL_MS.evidence is Evidence.OBSERVED
    assert str(documented) in limits.HEARTBEAT_INTERVAL_MS.note


def test_reply_windows_and_counts_are_those_of_2026():
    assert (limits.C2C_REPLY_WINDOW.value, limits.C2C_REPLY_COUNT.value) == (60 * 60, 4)
    assert (limits.GROUP_REPLY_WINDOW.value, limits.GROUP_REPLY_COUNT.value) == (5 * 60, 5)
    assert limits.RECALL_WINDOW.value == 2 * 60
