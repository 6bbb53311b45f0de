"""Bodies and headers of webhook deliveries against captures and documents."""

import json

import pytest

from fakeqq.wire import frames, webhooks


def test_a_push_has_the_captured_keys_in_their_order(golden):
    text = webhooks.push("C2C_MESSAGE_CREATE", 'C2C_MESSAGE_CREATE:"1"', '{"content":"你好"}')
    assert list(json.loads(text)) == golden("webhook_push")["keys"]
    assert json.loads(text)["id"] == 'C2C_MESSAGE_CREATE:"1"'
    assert "你好" in text


def test_a_validation_is_the_documented_text(golden):
    vector = golden("webhook_validation")
    asked = json.loads(vector["text"])["d"]
    assert webhooks.validation(asked["plain_token"], asked["event_ts"]) == vector["text"]


def test_headers_are_the_captured_ones(golden):
    captured = golden("webhook_push")
    headers = webhooks.headers("102000001", "00" * 64, "1725442341", "f" * 32)
    assert [name.lower() for name in headers] == captured["header_names"]
    assert {name.lower(): value for name, value in headers.items()}.items() >= captured["headers"].items()
    for name in golden("webhook_validation")["headers"]:
        assert name in headers


def test_an_unsigned_delivery_lacks_three_headers():
    whole = webhooks.headers("1", "00", "1", "f")
    assert len(whole) - len(webhooks.headers("1", None, "1", "f")) == 3


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        ({"op": 12, "d": 0}, False),
        ({"op": 12, "d": 1}, True),
        ({"op": 12, "d": {}}, False),
        ({"op": 12}, False),
        ({"op": 11, "d": 1}, False),
        (None, False),
        ([12, 1], False),
    ],
)
def test_op_12_can_report_a_failure(answer, failed):
    assert webhooks.is_failure(answer) is failed


def test_webhook_push_has_the_captured_key_order_and_no_s(golden):
    frame = golden("group_at_message_create")["frame"]
    made = webhooks.push(frame["t"], frame["id"], frames.encode(frame["d"]))
    assert list(json.loads(made)) == golden("webhook_push")["keys"]
    assert json.loads(made)["d"] == frame["d"]


def test_webhook_validation_is_the_documented_text(golden):
    vector = golden("webhook_validation")
    asked = json.loads(vector["text"])["d"]
    assert webhooks.validation(asked["plain_token"], asked["event_ts"]) == vector["text"]
