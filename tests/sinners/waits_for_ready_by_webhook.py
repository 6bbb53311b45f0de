"""Fails webhook/channel: a channel's message is an error as long as no READY has said who the bot is."""

from sinning import sin

import reference_client.http.webhook
from reference_client.webhook import Reply, Webhook


class UnreadyWebhook(Webhook):
    def receive(self, headers, body):
        return Reply(500, b"") if b'"t":"AT_MESSAGE_CREATE"' in body else super().receive(headers, body)


if __name__ == "__main__":
    reference_client.http.webhook.Webhook = UnreadyWebhook
    sin()
