"""Signatures against the documents' vectors."""

import json
from pathlib import Path

import pytest

from fakeqq.core.webhooks.signatures import Signer

VECTORS = json.loads((Path(__file__).parents[1] / "golden" / "signatures.json").read_text("utf-8"))["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["secret"])
def test_signs_as_documented(vector):
    assert Signer(vector["secret"]).sign(vector["timestamp"], vector["body"].encode()) == vector["signature"]


def test_the_order_matters():
    signer = Signer("DG5g3B4j9X2KOErG")
    assert signer.sign_swapped("1", b"2") == signer.sign("2", b"1") != signer.sign("1", b"2")


def test_an_empty_secret_signs_nothing():
    with pytest.raises(ValueError, match="empty secret"):
        Signer("")
