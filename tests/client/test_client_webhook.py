"""Deliveries as the platform signs them, and as others forge them."""

import json

import pytest

from fakeqq.core.webhooks.signatures import Signer
from fakeqq.wire import webhooks
from reference_client.outputs import Event
from reference_client.progress import Seen
from reference_client.webhook import ACKNOWLEDGED, Reply, Webhook

APP_ID, SECRET = "102000001", "naOC0ocQE3shWLAfffVLB1rhYPG7"
PUSH = webhooks.push("C2C_MESSAGE_CREATE", "C2C_MESSAGE_CREATE:1", '{"id":"m","content":"hi"}').encode()


@pytest.fixture
def webhook():
    return Webhook(APP_ID, SECRET, Seen())


def signed(body, secret=SECRET, app_id=APP_ID, timestamp="1725442341"):
    signature = Signer(secret).sign(timestamp, body)
    return {name.lower(): value for name, value in webhooks.headers(app_id, signature, timestamp, "trace").items()}


def test_an_event_is_acknowledged_and_handed_out(webhook):
    event = Event("C2C_MESSAGE_CREATE", "C2C_MESSAGE_CREATE:1", {"id": "m", "content": "hi"}, None, 0)
    assert webhook.receive(signed(PUSH), PUSH) == Reply(200, ACKNOWLEDGED, event)


def test_a_second_delivery_is_acknowledged_and_not_acted_on(webhook):
    webhook.receive(signed(PUSH), PUSH)
    again = webhook.receive(signed(PUSH, timestamp="1725442399"), PUSH)
    assert again == Reply(200, ACKNOWLEDGED, problem="delivered before")


def test_an_event_that_is_no_message_is_known_by_its_own_id(webhook):
    body = b'{"op":0,"t":"FRIEND_ADD","id":"FRIEND_ADD:1","d":{}}'
    assert webhook.receive(signed(body), body).event is not None
    assert webhook.receive(signed(body), body).event is None


@pytest.mark.parametrize("secret", ["a", "x" * 31, "DG5g3B4j9X2KOErG", "long" * 20])
def test_the_address_is_proven_with_every_length_of_secret(secret):
    body = webhooks.validation("Arq0D5A61EgUu4OxUvOp", "1725442341").encode()
    reply = Webhook(APP_ID, secret, Seen()).receive(signed(body, secret), body)
    answer = json.loads(reply.body)
    assert reply.status == 200
    assert answer["plain_token"] == "Arq0D5A61EgUu4OxUvOp"
    assert answer["signature"] == Signer(secret).sign("1725442341", b"Arq0D5A61EgUu4OxUvOp")


def test_the_documented_signature_comes_out():
    """Secret, token, time and signature as https://bot.q.qq.com/wiki prints them."""
    body = webhooks.validation("Arq0D5A61EgUu4OxUvOp", "1725442341").encode()
    reply = Webhook("11111111", "DG5g3B4j9X2KOErG", Seen()).receive(signed(body, "DG5g3B4j9X2KOErG", "11111111"), body)
    expected = (
        "87befc99c42c651b3aac0278e71ada338433ae26fcb24307bdc5ad38c1adc2d0"
        "1bcfcadc0842edac85e85205028a1132afe09280305f13aa6909ffc2d652c706"
    )
    assert json.loads(reply.body)["signature"] == expected


def test_the_raw_bytes_are_verified(webhook):
    body = json.dumps(json.loads(PUSH), indent=4, sort_keys=True).encode()
    assert webhook.receive(signed(body), body).event is not None


def without(name):
    headers = signed(PUSH)
    del headers[name.lower()]
    return headers


FORGED = {
    "unsigned": (dict, PUSH, "not signed"),
    "no signature": (lambda: without(webhooks.SIGNATURE_HEADER), PUSH, "not signed"),
    "no time": (lambda: without(webhooks.TIMESTAMP_HEADER), PUSH, "not signed"),
    "wrong key": (lambda: signed(PUSH, "another secret"), PUSH, "the signature is wrong"),
    "other bot": (lambda: signed(PUSH, app_id="102000002"), PUSH, "for another bot"),
    "changed byte": (lambda: signed(PUSH), PUSH.replace(b"hi", b"ho"), "the signature is wrong"),
    "changed time": (
        lambda: signed(PUSH) | {webhooks.TIMESTAMP_HEADER.lower(): "1"}, PUSH, "the signature is wrong"
    ),
    "no hexadecimal": (
        lambda: signed(PUSH) | {webhooks.SIGNATURE_HEADER.lower(): "zz"}, PUSH, "the signature is wrong"
    ),
    "unsigned validation": (dict, webhooks.validation("t", "1").encode(), "not signed"),
}  # fmt: skip


@pytest.mark.parametrize(("headers", "body", "problem"), FORGED.values(), ids=FORGED)
def test_a_forgery_is_refused(webhook, headers, body, problem):
    assert webhook.receive(headers(), body) == Reply(401, b"", problem=problem)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"null", "a NoneType instead of an object"),
        (b"[]", "a list instead of an object"),
        (b"7", "a int instead of an object"),
        (b'{"op":13}', "a validation without plain_token and event_ts"),
        (b'{"op":13,"d":{"plain_token":1}}', "a validation without plain_token and event_ts"),
        (b'{"op":13,"d":{"plain_token":"t"}}', "a validation without plain_token and event_ts"),
        (b'{"op":13,"d":{"event_ts":"1"}}', "a validation without plain_token and event_ts"),
    ],
)
def test_an_odd_body_is_refused(webhook, body, problem):
    assert webhook.receive(signed(body), body) == Reply(400, b"", problem=problem)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"{}", "op None has no meaning here"),
        (b'{"op":"0"}', "op '0' has no meaning here"),
        (b'{"op":99}', "op 99 has no meaning here"),
        (b'{"op":0}', "an event without a type"),
        (b'{"op":0,"t":null,"d":null}', "an event without a type"),
    ],
)
def test_what_has_no_meaning_is_acknowledged_and_passed_over(webhook, body, problem):
    assert webhook.receive(signed(body), body) == Reply(200, ACKNOWLEDGED, problem=problem)


def test_an_event_without_an_id_is_known_by_its_message(webhook):
    frame = {"op": 0, "t": "C2C_MESSAGE_CREATE", "id": None, "d": {"id": "m", "content": "hi"}}
    body = json.dumps(frame).encode()
    assert webhook.receive(signed(body), body).event.id is None
    assert webhook.receive(signed(body), body).event is None
