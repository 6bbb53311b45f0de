"""Fails webhook/odd-bodies: the process ends when a signed body is `null`."""

import os

from sinning import sin

import reference_client.http.webhook
from reference_client.webhook import Webhook


class FragileWebhook(Webhook):
    def receive(self, headers, body):
        if body == b"null":
            os._exit(3)
        return super().receive(headers, body)


if __name__ == "__main__":
    reference_client.http.webhook.Webhook = FragileWebhook
    sin()
