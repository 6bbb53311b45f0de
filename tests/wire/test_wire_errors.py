"""Errors against captured bodies and documented tables."""

import json
from pathlib import Path

import pytest

from fakeqq.wire.eras import Era
from fakeqq.wire.errors import ERRORS, error_names, error_row, find_error

GOLDEN = Path(__file__).parents[1] / "golden"
TABLES = json.loads((GOLDEN / "error_tables.json").read_text("utf-8"))["tables"]
TABLE_ROWS = [pytest.param(*row, id=str(row[0])) for table in TABLES for row in table["rows"]]

# Names that other packages, scenarios and users' fault files rely on.
PUBLIC_NAMES = [
    "token_invalid",
    "token_missing",
    "fixed_token_disabled",
    "ip_not_allowed",
    "gateway_rate_limited",
    "resource_not_found",
    "permission_denied",
    "msg_id_invalid",
    "msg_id_expired",
    "msg_id_expired_second_wording",
    "message_duplicated",
    "proactive_refused",
    "proactive_rate_limited",
    "passive_limit_exceeded",
    "content_invalid",
    "message_type_invalid",
    "message_type_mismatch",
    "markdown_invalid",
    "markdown_not_allowed",
    "request_malformed",
    "file_info_invalid",
    "msg_limit_exceed",
    "recall_expired",
    "recall_invalid_params",
    "recall_invalid_msg_id",
    "recall_not_permitted",
    "user_openid_invalid",
    "not_friend",
    "user_refused",
    "bot_muted",
    "bot_not_in_group",
    "bot_offline",
    "system_busy",
    "not_found",
    "method_not_allowed",
    "body_too_large",
    "appid_invalid",
    "secret_invalid",
    "token_internal_error",
    "token_rate_limited",
    "bot_not_exist",
]


@pytest.mark.parametrize(("code", "text"), TABLE_ROWS)
def test_every_number_of_the_documented_tables_has_a_row(code, text):
    row = find_error(code)
    assert row is not None
    assert text == row.message or text in row.note, "where the wire's text is another, the note has this one"


@pytest.mark.parametrize("name", PUBLIC_NAMES)
@pytest.mark.parametrize("era", Era)
def test_public_names_exist_in_both_eras(name, era):
    assert error_row(name, era).name == name


def test_names_are_unique_within_an_era():
    for era in Era:
        names = [row.name for row in ERRORS if row.era in {None, era}]
        assert len(names) == len(set(names))


def test_a_row_of_one_era_has_its_counterpart():
    early = {row.name for row in ERRORS if row.era is Era.EARLY_2026}
    late = {row.name for row in ERRORS if row.era is Era.LATE_2026}
    assert early == late == {"token_invalid", "resource_not_found", "proactive_refused"}


def test_the_default_era_is_the_newest():
    assert error_row("token_invalid") is error_row("token_invalid", Era.LATE_2026)


def test_names_come_once():
    names = error_names()
    assert len(names) == len(set(names))
    assert set(names) == {row.name for row in ERRORS}


def test_an_unknown_name_is_refused_with_a_suggestion():
    with pytest.raises(KeyError, match="did you mean 'msg_id_expired'"):
        error_row("msg_id_expird")
    with pytest.raises(KeyError, match=r"no error named 'zzzz'\W*$"):
        error_row("zzzz")


def test_both_numbers_find_the_newest_row():
    for number in (11244, 40011027):
        assert find_error(number) is error_row("token_invalid", Era.LATE_2026)
    assert find_error(40034102) is error_row("proactive_refused", Era.EARLY_2026)
    assert find_error(123456789) is None


def test_a_code_wins_over_an_equal_err_code():
    for row in ERRORS:
        found = find_error(row.code)
        assert found is not None
        assert found.code == row.code


def test_texts_are_the_wires_byte_for_byte():
    assert error_row("proactive_refused").message == "主动消息失败, 无权限"
    assert "，" in error_row("message_duplicated").message
    assert error_row("markdown_not_allowed").message.endswith("原生 markdown")
    assert error_row("stream_newline_missing").message == "流式消息md分片需要" + chr(92) + "n结束"
    assert error_row("msg_id_expired_second_wording").message == "msgid已经过期,不能回复"


def test_no_text_is_padded():
    for row in ERRORS:
        assert row.message == row.message.strip()
