"""Seeds and signed bytes against documented signatures."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fakeqq.wire.signing import ed25519_seed, signed_content

GOLDEN = Path(__file__).parents[1] / "golden"
VECTORS = json.loads((GOLDEN / "signatures.json").read_text("utf-8"))["vectors"]
VECTOR = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["secret"])


@VECTOR
def test_seed(vector):
    assert ed25519_seed(vector["secret"]) == vector["seed"].encode()


@VECTOR
def test_signature(vector):
    key = Ed25519PrivateKey.from_private_bytes(ed25519_seed(vector["secret"]))
    content = signed_content(vector["timestamp"], vector["body"].encode())
    assert key.sign(content).hex() == vector["signature"]


def test_address_validation_answer(golden):
    vector = golden("webhook_validation")
    asked = json.loads(vector["text"])["d"]
    key = Ed25519PrivateKey.from_private_bytes(ed25519_seed(vector["secret"]))
    signature = key.sign(signed_content(asked["event_ts"], asked["plain_token"].encode())).hex()
    assert {"plain_token": asked["plain_token"], "signature": signature} == vector["answer"]


@pytest.mark.parametrize(
    ("secret", "seed"),
    [
        ("a", b"a" * 32),
        ("ab" * 16, b"ab" * 16),
        ("x" * 40, b"x" * 32),
        ("abc", (b"abc" * 16)[:32]),
    ],
)
def test_seed_repeats_by_doubling_and_is_cut(secret, seed):
    assert ed25519_seed(secret) == seed


def test_an_empty_secret_has_no_seed():
    with pytest.raises(ValueError, match="empty secret"):
        ed25519_seed("")
