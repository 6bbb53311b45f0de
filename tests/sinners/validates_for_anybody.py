"""Fails webhook/validation-forged: op 13 is answered before the request's own signature is looked at."""

import json

from sinning import sin

import reference_client.http.webhook
from fakeqq.wire.ops import Op
from reference_client.webhook import Webhook


class ObligingWebhook(Webhook):
    def receive(self, headers, body):
        reply = super().receive(headers, body)
        if reply.problem in {"not signed", "the signature is wrong"} and headers["x-bot-appid"] == self._app_id:
            frame = json.loads(body)
            if frame["op"] == Op.HTTP_CALLBACK_VALIDATION:
                return self._validate(frame["d"])
        return reply


if __name__ == "__main__":
    reference_client.http.webhook.Webhook = ObligingWebhook
    sin()
