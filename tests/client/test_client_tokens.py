# ruff: noqa: S107, S311 - tokens of nobody, and dice that fall the same way each time
import random

import pytest

from reference_client.answers import Answer, Loss, NoAnswer
from reference_client.startup import REJECTED_PAUSE, START_STEPS
from reference_client.tokens import (
    CALLS_PER_MINUTE,
    FALLBACK_LIFE,
    LONGEST_LIFE,
    RENEW_BEFORE_END,
    TokenCache,
    sane_life,
)


def granted(token="t", expires_in="7200"):
    return Answer(200, {"access_token": token, "expires_in": expires_in})


@pytest.fixture
def cache():
    return TokenCache(random.Random(1))


def fill(cache, now=0.0, **changes):
    assert cache.wants_call(now)
    cache.calling(now)
    assert cache.answered(granted(**changes), now) is None


def test_nothing_to_use_at_first(cache):
    assert cache.usable(0.0) is None
    assert cache.wants_call(0.0)


def test_one_call_serves_a_whole_life(cache):
    fill(cache)
    for now in range(0, 7100, 10):
        assert cache.usable(float(now)) == "t"
        assert not cache.wants_call(float(now))


def test_renewal_is_due_inside_the_overlap_while_the_old_one_serves(cache):
    fill(cache)
    now = 7200.0 - RENEW_BEFORE_END
    assert cache.wants_call(now)
    assert cache.usable(now) == "t"
    cache.calling(now)
    cache.answered(granted("t2"), now)
    assert cache.usable(now) == "t2"


def test_a_renewal_that_fails_leaves_the_old_one_to_serve(cache):
    fill(cache)
    now = 7200.0 - RENEW_BEFORE_END
    cache.calling(now)
    assert "timed out" in cache.answered(NoAnswer(Loss.TIMEOUT, "no answer"), now)
    assert cache.usable(now + 1) == "t"
    assert not cache.wants_call(now + 1)
    assert cache.wants_call(now + START_STEPS[0])


@pytest.mark.parametrize("life", ["1", "30", "60", "61", 45])
def test_a_short_life_makes_no_hot_loop(cache, life):
    calls = 0
    now = 0.0
    while now < 60.0:
        if cache.wants_call(now):
            cache.calling(now)
            cache.answered(granted(expires_in=life), now)
            calls += 1
        now += 0.25
    assert calls <= CALLS_PER_MINUTE


@pytest.mark.parametrize(
    ("expires_in", "life"),
    [
        ("7200", 7200.0),
        (7200, 7200.0),
        ("756", 756.0),
        (60.5, 60.5),
        ("1", 1.0),
        (LONGEST_LIFE, LONGEST_LIFE),
        *((absurd, FALLBACK_LIFE) for absurd in (None, "", 0, "0", -5, "soon", "9" * 5000, 10**400, True, [], "²")),
        (LONGEST_LIFE + 1, FALLBACK_LIFE),
        (float("nan"), FALLBACK_LIFE),
    ],
)
def test_lives_are_strings_or_numbers_and_sane(expires_in, life):
    assert sane_life(expires_in) == life


def test_a_refused_token_is_replaced_at_once_and_only_once(cache):
    fill(cache)
    for _ in range(20):
        cache.refused("t")
    assert cache.usable(1.0) is None
    fill(cache, now=1.0, token="t2")
    for _ in range(20):
        cache.refused("t")
    assert cache.usable(2.0) == "t2"
    assert not cache.wants_call(2.0)


def test_tokens_that_are_refused_again_and_again_are_not_asked_for_without_end(cache):
    calls = 0
    for tenth in range(600):
        now = tenth / 10
        if cache.wants_call(now):
            fill(cache, now=now, token=f"t{calls}")
            cache.refused(f"t{calls}")
            calls += 1
    assert calls == CALLS_PER_MINUTE
    assert cache.next_call() == 60.0


def test_the_calls_of_an_earlier_process_count(cache):
    earlier = TokenCache(random.Random(1))
    for now in range(CALLS_PER_MINUTE):
        earlier.calling(float(now))
    cache.restore(reversed(earlier.calls()), 10.0)
    assert cache.next_call() == 60.0
    fill(cache, 60.0)
    assert cache.calls() == (1.0, 2.0, 3.0, 4.0, 60.0)


@pytest.mark.parametrize("call", [10.1, float("inf"), float("nan")])
def test_calls_to_come_are_those_of_a_clock_that_was_set_back(cache, call):
    cache.restore([3.0, call, 10.0], 10.0)
    assert cache.calls() == (3.0, 10.0)


@pytest.mark.parametrize("code", [100016, 100007, 10004])
def test_rejected_credentials_are_said_clearly_and_tried_once_a_minute(cache, code):
    cache.calling(0.0)
    problem = cache.answered(Answer(200, {"code": code, "message": "invalid appid or secret"}), 0.0)
    assert problem.startswith("app id or secret rejected")
    assert "invalid appid or secret" in problem
    assert not cache.wants_call(REJECTED_PAUSE - 1)
    assert cache.wants_call(REJECTED_PAUSE)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"access_token": ""},
        {"access_token": 7},
        {"access_token": "a b"},
        {"access_token": "a\nb"},
        {"access_token": "令牌"},
    ],
)
def test_what_is_no_token_is_a_passing_failure(cache, body):
    cache.calling(0.0)
    assert "no access token" in cache.answered(Answer(200, body), 0.0)
    assert cache.usable(0.0) is None
    assert cache.wants_call(START_STEPS[0])


def test_a_broken_body_is_not_quoted_as_it_may_hold_the_token(cache):
    cache.calling(0.0)
    problem = cache.answered(Answer(200, None, text='{"access_token":"precious'), 0.0)
    assert "precious" not in problem
    assert "precious" not in cache.answered(Answer(502, None, text='{"access_token":"precious'), 0.0)


def test_waits_between_failures_grow(cache):
    now, waits = 0.0, []
    for _ in range(6):
        cache.calling(now)
        cache.answered(Answer(500), now)
        waits.append(cache.next_call() - now)
        now = cache.next_call()
    assert waits[:4] == sorted(waits[:4])
    assert waits[-1] <= START_STEPS[-1]


def test_a_token_serves_to_its_last_moment_and_not_longer(cache):
    fill(cache)
    assert cache.usable(7199.9) == "t"
    assert cache.usable(7200.0) is None


def test_a_short_life_is_renewed_at_its_half(cache):
    fill(cache, expires_in="60")
    assert not cache.wants_call(29.9)
    assert cache.wants_call(30.0)


def test_what_was_no_grant_is_told_in_words(cache):
    cache.calling(0.0)
    assert cache.answered(Answer(200, {"code": 1, "message": "busy"}), 0.0).startswith("no access token")


def test_a_life_of_many_digits_is_none():
    assert sane_life("000007200") == 7200.0
    assert sane_life("0000007200") == FALLBACK_LIFE


def test_a_grant_ends_the_pause_after_a_failure(cache):
    cache.calling(0.0)
    cache.answered(Answer(500), 0.0)
    assert cache.next_call() > 0.0
    fill(cache, START_STEPS[0])
    assert cache.next_call() == 0.0
