"""Bodies of errors against captures, byte for byte."""

import json
from pathlib import Path

import pytest

from fakeqq.wire.eras import Era
from fakeqq.wire.error_row import error_body, error_text, inferred_status
from fakeqq.wire.errors import ERRORS, error_row
from fakeqq.wire.evidence import Evidence

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "errors.json").read_text("utf-8"))
TRACE = GOLDEN["trace_id"]
CASES = pytest.mark.parametrize("case", GOLDEN["errors"], ids=lambda case: f"{case['name']}-{case.get('era', 'any')}")


def row_of(case):
    return error_row(case["name"], Era(case.get("era", Era.LATE_2026)))


@CASES
def test_text_is_the_golden_one(case):
    assert error_text(row_of(case), TRACE) == case["text"]


@CASES
def test_status_is_the_golden_one(case):
    assert row_of(case).status == case["status"]


@pytest.mark.parametrize("case", [case for case in GOLDEN["errors"] if "content_length" in case])
def test_length_is_the_captured_content_length(case):
    assert len(error_text(row_of(case), TRACE).encode()) == case["content_length"]


@pytest.mark.parametrize("row", ERRORS, ids=lambda row: f"{row.name}-{row.era}")
def test_keys_are_those_of_the_shape(row):
    keys = {
        "standard": ["message", "code", "err_code", "trace_id"],
        "legacy": ["code", "message"],
        "token": ["code", "message"],
    }.get(row.shape)
    if keys is None:
        assert row.message in error_text(row, TRACE)
    else:
        assert list(json.loads(error_text(row, TRACE))) == keys


def test_another_message_may_stand_in_for_the_rows_own():
    row = error_row("url_not_allowed")
    text = f"{row.message} www.example.com"
    assert error_body(row, TRACE, text)["message"] == "请求参数不允许包含url www.example.com"
    assert json.loads(error_text(row, TRACE, text))["message"] == text


def test_html_is_a_page_that_names_the_status():
    page = error_text(error_row("body_too_large"), TRACE)
    assert page.startswith("<html>")
    assert "413 Request Entity Too Large" in page


def test_the_token_endpoint_answers_200():
    assert {row.status for row in ERRORS if row.shape == "token"} == {200}


@pytest.mark.parametrize(
    ("code", "status"),
    [(40034008, 400), (40054016, 400), (40064004, 400), (50055001, 500), (50065001, 500), (304061, 400)],
)
def test_the_pattern_of_statuses(code, status):
    assert inferred_status(code) == status


def test_a_status_that_nobody_saw_is_marked():
    assert error_row("bot_muted").status_evidence is Evidence.INFERRED
    assert error_row("msg_id_invalid").status_evidence is Evidence.OBSERVED
