"""The official list of business numbers."""

import pytest

from fakeqq.wire.business_codes import BUSINESS_CODE_RANGES, BUSINESS_CODES, business_meaning


def test_numbers_are_sorted():
    assert list(BUSINESS_CODES) == sorted(BUSINESS_CODES)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (11253, "ErrorCheckAppPrivilegeNotPass 检查应用权限不通过"),
        (304023, "PUSH_MSG_ASYNC_OK 推送消息异步调用成功，等待人工审核"),
        (306009, "非与当前用户发送的消息"),
        (301099, "子频道权限错误"),
        (502010, "请求头错误"),
        (2999999, "发消息错误"),
    ],
)
def test_a_number_has_its_line_or_that_of_its_range(code, meaning):
    assert business_meaning(code) == meaning


def test_an_unknown_number_has_no_meaning():
    assert business_meaning(42) is None


def test_ranges_do_not_overlap():
    for index, (one, _) in enumerate(BUSINESS_CODE_RANGES):
        for other, _ in BUSINESS_CODE_RANGES[index + 1 :]:
            assert one.stop <= other.start or other.stop <= one.start
