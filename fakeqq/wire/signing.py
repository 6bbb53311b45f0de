"""How webhook pushes are signed, up to the signature itself.

The platform signs with Ed25519. The private key's seed is the bot's secret, repeated by doubling until it has
at least 32 bytes, and cut to 32. The signed bytes are the value of `X-Signature-Timestamp` followed by the
raw body; for address validation they are `event_ts` followed by `plain_token`. Both signatures travel as
lower-case hexadecimal.

Sources: tencent-connect/bot-docs@645787a docs/develop/api-v2/dev-prepare/interface-framework/sign.md and
KarinJS/karin-plugin-adapter-qqbot@1f5a06c api-docs/dev-prepare/event-emit/webhook.md.
"""

SEED_BYTES = 32


def ed25519_seed(secret: str) -> bytes:
    """The 32 bytes of the private key's seed.

    Raises:
        ValueError: the secret is empty, so no repetition can reach 32 bytes.
    """
    seed = secret.encode()
    if not seed:
        raise ValueError("an empty secret has no Ed25519 seed")
    while len(seed) < SEED_BYTES:
        seed *= 2
    return seed[:SEED_BYTES]


def signed_content(timestamp: str, body: bytes) -> bytes:
    """What is signed: the timestamp header's characters, then the raw body, nothing between."""
    return timestamp.encode() + body
