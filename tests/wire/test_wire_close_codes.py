"""Close codes against the documented table."""

import pytest

from fakeqq.wire.close_codes import CLOSE_CODES, CloseCode, close_rule


def test_what_may_follow_is_what_the_table_says(golden):
    for code, may_resume, may_identify in golden("close_codes")["table"]:
        codes = range(4900, 4914) if code == "4900~4913" else (code,)
        for each in codes:
            row = CLOSE_CODES[each]
            assert (row.may_resume, row.may_identify) == (may_resume, may_identify), each


def test_reasons_are_the_observed_ones_and_no_others(golden):
    observed = {code: reason for code, reason, _ in golden("close_codes")["reasons"]}
    assert {code: row.reason for code, row in CLOSE_CODES.items() if row.reason} == observed


def test_the_codes_of_the_table_are_complete():
    assert list(CLOSE_CODES) == [1000, 1001, 1006, *range(4000, 4015), *range(4900, 4916)]


def test_names_are_unique():
    assert len({row.name for row in CLOSE_CODES.values()}) == len(CLOSE_CODES)


@pytest.mark.parametrize("code", CloseCode)
def test_named_codes_have_the_name_of_their_row(code):
    assert CLOSE_CODES[code].name == code.name.lower()


def test_codes_of_botgo_alone_promise_nothing():
    for code in (4000, 4003, 4004, 4005):
        assert (CLOSE_CODES[code].may_resume, CLOSE_CODES[code].may_identify) == (None, None)


def test_an_unknown_code_has_no_rule():
    assert close_rule(4999) is None
    assert close_rule(4009) is CLOSE_CODES[4009]


@pytest.mark.parametrize("code", [4001, 4002, 4008, 4010, 4011, 4012, 4013, 4014])
def test_the_advice_below_the_table_is_noted_where_it_disagrees(code):
    assert "sources disagree" in CLOSE_CODES[code].note
