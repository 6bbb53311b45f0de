"""Deliveries as the platform signs them, and as others forge them."""

import json

import pytest

from fakeqq.core.webhooks.signatures import Signer
from fakeqq.wire import webhooks
from reference_client.progress import Seen
from reference_client.webhook import ACKNOWLEDGED, Webhook

APP_ID, SECRET = "102000001", "naOC0ocQE3shWLAfffVLB1rhYPG7"
PUSH = webhooks.push("C2C_MESSAGE_CREATE", "C2C_MESSAGE_CREATE:1", '{"id":"m","content":"hi"}').encode()


@pytest.fixture
def webhook():
    return Webhook(APP_ID, SECRET, Seen())


def signed(body, secret=SECRET, app_id=APP_ID, timestamp="1725442341"):
    signature = Signer(secret).sign(timestamp, body)
    return {name.lower(): value for name, value in webhooks.headers(app_id, signature, timestamp, "trace").items()}


def test_an_event_is_acknowledged_and_handed_out(webhook):
    reply = webhook.receive(signed(PUSH), PUSH)
    assert (reply.status, reply.body, reply.problem) == (200, ACKNOWLEDGED, "")
    assert (reply.event.type, reply.event.data["content"]) == ("C2C_MESSAGE_CREATE", "hi")


def test_a_second_delivery_is_acknowledged_and_not_acted_on(webhook):
    webhook.receive(signed(PUSH), PUSH)
    again = webhook.receive(signed(PUSH, timestamp="1725442399"), PUSH)
    assert (again.status, again.event) == (200, None)


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


FORGED = {
    "unsigned": (dict, PUSH),
    "wrong key": (lambda: signed(PUSH, "another secret"), PUSH),
    "other bot": (lambda: signed(PUSH, app_id="102000002"), PUSH),
    "changed byte": (lambda: signed(PUSH), PUSH.replace(b"hi", b"ho")),
    "changed time": (lambda: signed(PUSH) | {webhooks.TIMESTAMP_HEADER.lower(): "1"}, PUSH),
    "no hexadecimal": (lambda: signed(PUSH) | {webhooks.SIGNATURE_HEADER.lower(): "zz"}, PUSH),
    "unsigned validation": (dict, webhooks.validation("t", "1").encode()),
}


@pytest.mark.parametrize(("headers", "body"), FORGED.values(), ids=FORGED)
def test_a_forgery_is_refused(webhook, headers, body):
    reply = webhook.receive(headers(), body)
    assert (reply.status, reply.body, reply.event) == (401, b"", None)


@pytest.mark.parametrize("body", [b"null", b"[]", b"7", b"", b"{", b'{"op":13}', b'{"op":13,"d":{"plain_token":1}}'])
def test_an_odd_body_is_refused(webhook, body):
    reply = webhook.receive(signed(body), body)
    assert (reply.status, reply.event) == (400, None)


@pytest.mark.parametrize("body", [b"{}", b'{"op":0}', b'{"op":0,"t":null,"d":null}', b'{"op":"0"}', b'{"op":99}'])
def test_what_has_no_meaning_is_acknowledged_and_passed_over(webhook, body):
    reply = webhook.receive(signed(body), body)
    assert (reply.status, reply.event) == (200, None)


def test_an_event_without_an_id_is_known_by_its_message(webhook):
    frame = {"op": 0, "t": "C2C_MESSAGE_CREATE", "id": None, "d": {"id": "m", "content": "hi"}}
    body = json.dumps(frame).encode()
    assert webhook.receive(signed(body), body).event.id is None
    assert webhook.receive(signed(body), body).event is None
