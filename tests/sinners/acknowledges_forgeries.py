"""Fails webhook/forged-refused: forgeries are not acted on, and answered with an empty 200."""

from dataclasses import replace

from sinning import sin

import reference_client.http.webhook
from reference_client.webhook import Webhook


class PoliteWebhook(Webhook):
    def receive(self, headers, body):
        reply = super().receive(headers, body)
        return replace(reply, status=200) if reply.status == 401 else reply


if __name__ == "__main__":
    reference_client.http.webhook.Webhook = PoliteWebhook
    sin()
