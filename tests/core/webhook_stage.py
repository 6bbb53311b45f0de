"""A webhook of the stage's world: what is on its way to it, and what it answers."""

import json
from pathlib import Path

from fakeqq.core.webhooks.signatures import Signer
from fakeqq.core.webhooks.webhook_answers import Answer
from fakeqq.wire import webhooks

GOLDEN = Path(__file__).parents[1] / "golden"
URL = "http://127.0.0.1:9000/qq"
ACK = Answer(200, {}, b'{"op":12,"d":0}')


def golden(name):
    return json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))


def take(stage):
    return stage.world.webhook.take_deliveries(stage.now)


def answer(stage, delivery, outcome=ACK):
    stage.world.webhook.answered(delivery.number, outcome, stage.now)
    return stage.entries("webhook.response")[-1]


def is_signed_by(delivery, secret):
    signature = delivery.headers.get(webhooks.SIGNATURE_HEADER)
    timestamp = delivery.headers.get(webhooks.TIMESTAMP_HEADER, "")
    return signature == Signer(secret).sign(timestamp, delivery.body)
