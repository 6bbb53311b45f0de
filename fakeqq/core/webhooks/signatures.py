"""Ed25519 signatures of webhook deliveries, made with the bot's secret as `fakeqq.wire.signing` describes."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fakeqq.wire.signing import ed25519_seed, signed_content


class Signer:
    """Signs in the name of one bot.

    Raises:
        ValueError: the secret is empty.
    """

    def __init__(self, secret: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(ed25519_seed(secret))

    def sign(self, timestamp: str, body: bytes) -> str:
        """The signature of a delivery, lower-case hexadecimal."""
        return self._key.sign(signed_content(timestamp, body)).hex()

    def sign_swapped(self, timestamp: str, body: bytes) -> str:
        """The signature of a common mistake: the body before the timestamp.

        https://github.com/simple-robot/simbot-component-qq-guild/pull/244
        """
        return self._key.sign(body + timestamp.encode()).hex()
