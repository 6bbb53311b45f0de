import pytest

from fakeqq.wire.close_codes import CLOSE_CODES
from reference_client.policy import Course, course_after, explain

NEITHER = [code for code, row in CLOSE_CODES.items() if row.may_resume is False and row.may_identify is False]
FRESH = [code for code, row in CLOSE_CODES.items() if row.may_resume is False and row.may_identify]


@pytest.mark.parametrize("code", sorted(CLOSE_CODES))
def test_every_row_has_the_course_that_it_allows(code):
    course = course_after(code)
    if code in NEITHER:
        assert course is Course.STOP
    elif code in FRESH:
        assert course is Course.IDENTIFY
    elif code == 4004:
        assert course is Course.NEW_TOKEN
    else:
        assert course is Course.RESUME


def test_the_table_has_rows_of_each_kind():
    assert {4014, 4914, 4915} <= set(NEITHER)
    assert {4006, 4007, 4900, 4902, 4913} <= set(FRESH)


@pytest.mark.parametrize("code", [None, 1005, 1011, 3000, 4242, 4999, 0, -1, 10**9])
def test_what_no_table_knows_keeps_the_session(code):
    assert course_after(code) is Course.RESUME


def test_explanations_name_the_code_its_meaning_and_the_platforms_words():
    said = explain(4014, "disallowed intents")
    assert said == f'4014: {CLOSE_CODES[4014].meaning} (the platform says "disallowed intents")'
    assert explain(None, "") == "connection lost"
    assert explain(None, "refused") == "connection lost (refused)"
    assert explain(4242, "") == "4242: unknown close code"
