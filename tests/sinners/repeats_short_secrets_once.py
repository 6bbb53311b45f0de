"""Fails webhook/validation: a secret of fewer than 16 characters is doubled once, and filled up with zeros."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sinning import sin

import reference_client.http.webhook
from reference_client.webhook import Webhook


class DoublingWebhook(Webhook):
    def __init__(self, app_id, secret, seen):
        super().__init__(app_id, secret, seen)
        self._key = Ed25519PrivateKey.from_private_bytes((secret.encode() * 2).ljust(32, b"\0")[:32])


if __name__ == "__main__":
    reference_client.http.webhook.Webhook = DoublingWebhook
    sin()
