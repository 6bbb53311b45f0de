from itertools import count

import pytest

from fakeqq.core.tokens import TokenLedger


@pytest.fixture
def ledger():
    numbers = count(1)
    return TokenLedger(lambda: f"token-{next(numbers)}", overlap=60.0)


def test_the_same_token_is_handed_out_inside_its_life_with_what_remains(ledger):
    assert ledger.issue(7200, 0.0) == ("token-1", 7200)
    assert ledger.issue(7200, 5000.5) == ("token-1", 2199)
    assert ledger.issue(7200, 7139.0) == ("token-1", 61)


def test_in_the_last_minute_a_new_one_is_due_while_the_old_lives(ledger):
    ledger.issue(7200, 0.0)
    assert ledger.issue(7200, 7140.0) == ("token-2", 7200)
    assert ledger.is_valid("token-1", 7199.9)
    assert not ledger.is_valid("token-1", 7200.0)
    assert ledger.is_valid("token-2", 7200.0)


@pytest.mark.parametrize("lifetime", [0.5, 1, 2, 40, 60, 119])
def test_a_life_shorter_than_the_overlap_still_hands_one_token_out_twice(ledger, lifetime):
    first, remaining = ledger.issue(lifetime, 0.0)
    assert remaining >= 1
    assert ledger.issue(lifetime, lifetime * 0.4)[0] == first
    assert ledger.issue(lifetime, lifetime * 0.6)[0] != first
    assert ledger.is_valid(first, lifetime * 0.6)
    assert not ledger.is_valid(first, lifetime)


def test_revoked_tokens_are_dead_at_once_and_never_come_back(ledger):
    first, _ = ledger.issue(7200, 0.0)
    second, _ = ledger.issue(7200, 7150.0)
    assert sorted(ledger.revoke()) == [first, second]
    assert not ledger.is_valid(first, 7150.0)
    assert not ledger.is_valid(second, 7150.0)
    assert ledger.issue(7200, 7150.0)[0] == "token-3"
    assert ledger.revoke() == ["token-3"]


def test_an_expired_token_is_forgotten_at_the_next_issue(ledger):
    ledger.issue(10, 0.0)
    ledger.issue(10, 20.0)
    assert ledger.revoke() == ["token-2"]


@pytest.mark.parametrize("value", ["", "token-0", "TOKEN-1", "token-1 "])
def test_what_was_never_issued_is_not_valid(ledger, value):
    ledger.issue(7200, 0.0)
    assert not ledger.is_valid(value, 0.0)
