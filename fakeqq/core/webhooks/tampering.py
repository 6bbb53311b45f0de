"""Deliveries that a receiver must not act on, as data: what is wrong with each, and how it is made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from fakeqq.core.webhooks.signatures import Signer
from fakeqq.wire import webhooks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.identifiers import Identifiers

# How old the timestamp of a stale delivery is, seconds. Our choice: far outside of any tolerance.
STALE_SECONDS = 86_400


class Tamper(StrEnum):
    UNSIGNED = "unsigned"
    WRONG_KEY = "wrong-key"
    CHANGED_BYTE = "changed-byte"
    SWAPPED = "swapped"
    STALE = "stale"
    REPLAYED = "replayed"
    OTHER_BOT = "other-bot"
    NULL = "null"
    EMPTY = "empty"


MEANINGS: Mapping[Tamper, str] = MappingProxyType(
    {
        Tamper.UNSIGNED: "without the three signature headers",
        Tamper.WRONG_KEY: "signed with a secret that is nobody's",
        Tamper.CHANGED_BYTE: "one character of the event's `id` is another than the one that was signed",
        Tamper.SWAPPED: "the signature is of body + timestamp instead of timestamp + body",
        Tamper.STALE: "signed rightly, with a timestamp of yesterday",
        Tamper.REPLAYED: "the last delivery again, with its old timestamp and signature",
        Tamper.OTHER_BOT: "another bot's app id and signature",
        Tamper.NULL: "the body is the literal `null`, signed rightly",
        Tamper.EMPTY: "no body at all, signed rightly",
    }
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A delivery before it is signed; `timestamp` is world time in whole seconds."""

    app_id: str
    timestamp: str
    body: bytes
    trace_id: str


def seal(
    letter: Letter, signer: Signer, tamper: Tamper | None, identifiers: Identifiers
) -> tuple[dict[str, str], bytes]:
    """Headers and body as they go out. `replayed` is not made here: it repeats what went out before."""
    app_id, timestamp, body = letter.app_id, letter.timestamp, letter.body
    sent = body
    signature: str | None
    match tamper:
        case Tamper.UNSIGNED:
            signature = None
        case Tamper.WRONG_KEY:
            signature = Signer(identifiers.secret()).sign(timestamp, body)
        case Tamper.CHANGED_BYTE:
            sent, signature = _changed(body), signer.sign(timestamp, body)
        case Tamper.SWAPPED:
            signature = signer.sign_swapped(timestamp, body)
        case Tamper.STALE:
            timestamp = str(int(timestamp) - STALE_SECONDS)
            signature = signer.sign(timestamp, body)
        case Tamper.OTHER_BOT:
            app_id = app_id[:-1] + ("2" if app_id.endswith("1") else "1")
            signature = Signer(identifiers.secret()).sign(timestamp, body)
        case Tamper.NULL | Tamper.EMPTY:
            sent = b"null" if tamper is Tamper.NULL else b""
            signature = signer.sign(timestamp, sent)
        case _:
            signature = signer.sign(timestamp, body)
    return webhooks.headers(app_id, signature, timestamp, letter.trace_id), sent


def _changed(body: bytes) -> bytes:
    """The body with the first character of its top-level `id` changed, so that it stays JSON."""
    start = body.index(b'"id":"') + len(b'"id":"')
    return body[:start] + (b"Z" if body[start : start + 1] != b"Z" else b"Y") + body[start + 1 :]
