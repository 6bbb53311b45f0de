"""What an answer to a webhook delivery is worth, and how an address is validated."""

import json

import pytest

from core.stage import SECRET
from core.webhook_stage import URL, answer, golden, is_signed_by, take
from fakeqq.core.webhooks import webhook_answers
from fakeqq.core.webhooks.signatures import Signer
from fakeqq.core.webhooks.webhook import WebhookSettings
from fakeqq.core.webhooks.webhook_answers import Answer, NoAnswer, judge_push, judge_validation
from fakeqq.wire import webhooks

# -- what an answer is worth --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "acked"),
    [
        (200, b'{"op":12,"d":0}', True),
        (200, b'{"d":{},"op":12}', True),
        (200, b'{"opcode":12}', True),
        (200, b"", True),
        (204, b"", True),
        (200, b"ok", True),
        (200, b"\xff\xfe", True),
        (200, b'{"op":12,"d":1}', False),
        (200, b'{"op":11}', True),
        (201, b'{"op":12,"d":0}', False),
        (302, b"", False),
        (401, b"", False),
        (500, b'{"op":12,"d":0}', False),
    ],
)
def test_acknowledgements(status, body, acked):
    assert judge_push(Answer(status, {}, body)).acked is acked


def test_silence_is_no_acknowledgement():
    assert judge_push(NoAnswer("no answer within 3 s")) == (False, "no answer within 3 s")


def test_tolerated_forms_are_named():
    for body, who in webhooks.TOLERATED_ACKS.items():
        assert who in webhook_answers.judge_push(Answer(200, {}, body.encode())).why


# -- address validation -------------------------------------------------------------------------------------------


@pytest.fixture
def vector():
    return golden("webhook_validation")


def judge(vector, **changes):
    asked = json.loads(vector["text"])["d"]
    body = json.dumps({**vector["answer"], **changes}).encode()
    challenge = (asked["plain_token"], asked["event_ts"])
    neighbours = {"102999999": Signer("another-secret")}
    return judge_validation(Answer(200, {}, body), challenge, Signer(vector["secret"]), neighbours)


def test_the_documented_answer_is_right(vector):
    assert judge(vector).acked


def test_the_question_is_the_documented_one(vector):
    asked = json.loads(vector["text"])["d"]
    assert webhooks.validation(asked["plain_token"], asked["event_ts"]) == vector["text"]


def test_wrong_answers_are_told_apart(vector):
    signature = vector["answer"]["signature"]
    token = vector["answer"]["plain_token"]
    swapped = Signer(vector["secret"]).sign_swapped("1725442341", token.encode())
    neighbour = Signer("another-secret").sign("1725442341", token.encode())
    for changes, words in (
        ({"plain_token": "x"}, "plain_token"),
        ({"signature": None}, "no signature"),
        ({"signature": signature.upper()}, "lower case"),
        ({"signature": swapped}, "order is event_ts"),
        ({"signature": neighbour}, "bot 102999999"),
        ({"signature": "00" * 64}, "not of event_ts"),
    ):
        verdict = judge(vector, **changes)
        assert not verdict.acked
        assert words in verdict.why


@pytest.mark.parametrize("outcome", [Answer(404, {}, b""), Answer(200, {}, b"ok"), NoAnswer("refused")])
def test_no_answer_in_the_right_form_is_wrong(outcome):
    assert not judge_validation(outcome, ("a", "1"), Signer("s"), {}).acked


def test_validation_goes_over_the_same_road_and_is_not_repeated(stage, hook):
    number = hook.validate(stage.now)
    (delivery,) = take(stage)
    asked = json.loads(delivery.body)
    assert asked["op"] == 13
    assert len(asked["d"]["plain_token"]) == 20
    assert isinstance(asked["d"]["event_ts"], str)
    assert delivery.number == number
    assert is_signed_by(delivery, SECRET)
    assert not answer(stage, delivery, Answer(200, {}, b"ok"))["acked"]
    assert hook.next_deadline() is None


def test_a_neighbour_at_the_same_address_is_recognised(stage, hook):
    other = stage.platform.create_world("102000002", "their-secret", {}, stage.real)
    other.webhook.configure(WebhookSettings(url=URL))
    hook.validate(stage.now)
    (delivery,) = take(stage)
    asked = json.loads(delivery.body)["d"]
    signature = Signer("their-secret").sign(asked["event_ts"], asked["plain_token"].encode())
    body = json.dumps({"plain_token": asked["plain_token"], "signature": signature}).encode()
    assert "bot 102000002" in answer(stage, delivery, Answer(200, {}, body))["why"]
