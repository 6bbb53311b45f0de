"""Fails webhook/raw-body: the signature is verified over the body as it is written after parsing."""

import contextlib
import json

from sinning import sin

import reference_client.http.webhook
from reference_client.webhook import Webhook


class RewritingWebhook(Webhook):
    def _forgery(self, headers, body):
        with contextlib.suppress(ValueError):
            body = json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()
        return super()._forgery(headers, body)


if __name__ == "__main__":
    reference_client.http.webhook.Webhook = RewritingWebhook
    sin()
