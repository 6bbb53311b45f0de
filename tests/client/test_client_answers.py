import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeqq.wire.errors import ERRORS
from reference_client.answers import EXCERPT, TRACE_HEADER, Answer, ApiError, Loss, NoAnswer, describe, read_answer

JSON = {"content-type": "application/json"}


def error(status=400, **body):
    return read_answer(status, {}, json.dumps(body).encode())


def test_the_four_key_error_is_read_whole():
    answer = error(401, message="接口访问源IP不在白名单", code=11298, err_code=40023002, trace_id="03dc")
    assert (answer.status, answer.code, answer.err_code, answer.trace_id) == (401, 11298, 40023002, "03dc")
    assert not answer.succeeded
    assert str(ApiError("GET /gateway", answer)) == (
        "GET /gateway failed: HTTP 401 code 11298 err_code 40023002: 接口访问源IP不在白名单 (trace 03dc)"
    )


def test_an_error_with_only_err_code_has_a_code_too():
    assert error(err_code=40034005, message="x").code == 40034005


def test_a_number_in_quotes_is_read_unless_it_is_endless():
    longest = "9" * (EXCERPT - 1)
    assert error(code=longest).code == int(longest)
    assert error(code=longest + "9").code == 0


def test_the_trace_header_wins_over_the_body():
    assert read_answer(400, {"x-tps-trace-id": "head"}, b'{"trace_id":"body"}').trace_id == "head"


@pytest.mark.parametrize(
    ("status", "content", "succeeded"),
    [
        (200, b'{"id":"ROBOT1.0_x","timestamp":"now"}', True),
        (200, b"", True),
        (204, b"", True),
        (200, b"null", True),
        (200, b"[]", True),
        (200, b"7", True),
        (200, b'{"code":0,"message":""}', True),
        (200, b'{"code":11244,"message":"token not exist or expire"}', False),
        (200, b'{"code":"100016","message":"invalid appid or secret"}', False),
        (202, b'{"code":304023,"message":"push","data":{"message_audit":{"audit_id":"a"}}}', True),
        (200, b'{"id":"x","audit_id":"x","audit_tips":"waiting"}', True),
        (400, b"", False),
        (502, b"<html>bad gateway</html>", False),
        (302, b"", False),
    ],
)
def test_success_is_a_2xx_without_an_error_in_it(status, content, succeeded):
    answer = read_answer(status, JSON, content)
    assert answer.succeeded is succeeded
    assert describe(answer).strip()


def test_audit_ids_are_found_in_both_places():
    assert error(202, data={"message_audit": {"audit_id": "a"}}).audit_id == "a"
    assert error(200, audit_id="b").audit_id == "b"
    assert error(202, data=[]).audit_id is None
    assert Answer(200, []).audit_id is None


def test_html_is_quoted_shortly():
    answer = read_answer(502, {}, b"<html>" + b"x" * 10_000)
    assert answer.message.startswith("not JSON: <html>")
    assert len(answer.message) < 300


@given(
    st.integers(100, 599),
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["code", "err_code", "message", "data"]), inner)
        ),
        max_leaves=6,
    ).map(lambda value: json.dumps(value).encode()),
)
def test_no_body_breaks_the_reading_and_no_error_is_without_words(status, content):
    answer = read_answer(status, {}, content)
    assert isinstance(answer.code, int)
    assert isinstance(answer.succeeded, bool)
    assert answer.audit_id is None or isinstance(answer.audit_id, str)
    assert answer.message.strip()
    assert len(str(ApiError("POST /x", answer))) > len("POST /x failed: ")


def test_deep_nesting_is_no_json():
    assert read_answer(200, {}, b"[" * 100_000).body is None


@pytest.mark.parametrize("row", [row for row in ERRORS if row.shape == "standard"], ids=lambda row: row.name)
def test_every_row_of_the_platform_is_recognised(row):
    answer = error(row.status, message=row.message, code=row.code, err_code=row.err_code)
    assert not answer.succeeded
    assert answer.code == row.code


def test_a_lost_answer_has_words_and_no_numbers():
    failure = ApiError("POST /x", NoAnswer(Loss.TIMEOUT, "TimeoutError"), "HTTP 500: busy")
    assert str(failure) == "POST /x failed: timed out: TimeoutError, after HTTP 500: busy"
    assert (failure.status, failure.code, failure.err_code, failure.trace_id) == (0, 0, 0, "")
    assert failure.message == "timed out: TimeoutError"
    assert describe(NoAnswer(Loss.STALE, "")) == "stale"


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"trace_id": "body"}'])
def test_the_trace_of_the_header_is_kept(content):
    assert read_answer(500, {TRACE_HEADER: "head"}, content).trace_id == "head"


def test_without_a_header_the_trace_is_in_the_body_or_nowhere():
    assert read_answer(500, {}, b'{"trace_id": "body"}').trace_id == "body"
    assert [read_answer(500, {}, content).trace_id for content in (b"", b"<html>", b"{}")] == ["", "", ""]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"message": "no"}, "HTTP 400: no"),
        ({"message": "no", "code": 7}, "HTTP 400 code 7: no"),
        ({"message": "no", "code": 7, "err_code": 7}, "HTTP 400 code 7: no"),
        ({"message": "no", "code": 7, "err_code": 1}, "HTTP 400 code 7 err_code 1: no"),
        ({"message": "no", "code": 7, "err_code": 8, "trace_id": "t"}, "HTTP 400 code 7 err_code 8: no (trace t)"),
    ],
)
def test_an_answer_in_one_line(body, words):
    answer = read_answer(400, {}, json.dumps(body).encode())
    assert describe(answer) == words
    failure = ApiError("POST /x", answer)
    assert failure.outcome is answer
    assert failure.message == "no"
    assert (failure.status, failure.code) == (400, body.get("code", 0))


@pytest.mark.parametrize(
    "outcome", [Answer(500), Answer(400, {"message": " "}), *(NoAnswer(loss, "") for loss in Loss)]
)
def test_no_error_is_without_words(outcome):
    error = ApiError("GET /x", outcome)
    assert error.message.strip()
    assert not str(error).rstrip().endswith(":")
