"""Fails webhook/two-bots: whoever a request is for, the first account of the path takes it."""

from sinning import sin

import reference_client.http.webhook
from reference_client.http.webhook import WebhookClient
from reference_client.webhook import Webhook


class AnybodysWebhook(Webhook):
    def _forgery(self, headers, body):
        return super()._forgery({**headers, "x-bot-appid": self._app_id}, body)


class HastyClient(WebhookClient):
    async def _receive(self, request):
        return await next(iter(self._receivers.values())).receive(request)


if __name__ == "__main__":
    reference_client.http.webhook.Webhook = AnybodysWebhook
    reference_client.http.webhook.WebhookClient = HastyClient
    sin()
