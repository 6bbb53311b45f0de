"""Fails webhook/forged: an event without a signature is refused, and acted on all the same."""

import json
from dataclasses import replace

from sinning import sin

import reference_client.http.webhook
from reference_client.webhook import Webhook


class GullibleWebhook(Webhook):
    def receive(self, headers, body):
        reply = super().receive(headers, body)
        return replace(reply, event=self._dispatch(json.loads(body)).event) if reply.problem == "not signed" else reply


if __name__ == "__main__":
    reference_client.http.webhook.Webhook = GullibleWebhook
    sin()
