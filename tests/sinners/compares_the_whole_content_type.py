"""Fails webhook/headers: a Content-Type with a charset is taken for another type."""

from sinning import sin

import reference_client.http.webhook
from reference_client.webhook import Reply, Webhook


class PedanticWebhook(Webhook):
    def receive(self, headers, body):
        return super().receive(headers, body) if headers["content-type"] == "application/json" else Reply(415, b"")


if __name__ == "__main__":
    reference_client.http.webhook.Webhook = PedanticWebhook
    sin()
