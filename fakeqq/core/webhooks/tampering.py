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
    NEIGHBOUR_KEY = "neighbour-key"
    NULL = "null"
    EMPTY = "empty"
    LIST = "list"
    NOT_JSON = "not-json"
    UNKNOWN_OP = "unknown-op"
    NO_EVENT = "no-event"


MEANINGS: Mapping[Tamper, str] = MappingProxyType(
    {
        Tamper.UNSIGNED: "without the three signature headers",
        Tamper.WRONG_KEY: "signed with a secret that is nobody's",
        Tamper.CHANGED_BYTE: "one character of the event's `id` is another than the one that was signed",
        Tamper.SWAPPED: "the signature is of body + timestamp instead of timestamp + body",
        Tamper.STALE: "signed rightly, with a timestamp of yesterday",
        Tamper.REPLAYED: "the last delivery again, with its old timestamp and signature",
        Tamper.OTHER_BOT: "another bot's app id and signature",
        Tamper.NEIGHBOUR_KEY: "this bot's app id, signed with the secret of another bot that has the same address",
        Tamper.NULL: "the body is the literal `null`, signed rightly",
        Tamper.EMPTY: "no body at all, signed rightly",
        Tamper.LIST: "the body is a list instead of an object, signed rightly",
        Tamper.NOT_JSON: "the body is no JSON, signed rightly",
        Tamper.UNKNOWN_OP: "an op that nobody knows, signed rightly",
        Tamper.NO_EVENT: "op 0 whose `d` is null and whose `t` is missing, signed rightly",
    }
)

# What comes instead of the event where nothing is wrong but the body.
_BODIES: Mapping[Tamper, bytes] = MappingProxyType(
    {
        Tamper.NULL: b"null",
        Tamper.EMPTY: b"",
        Tamper.LIST: b'[{"op":0}]',
        Tamper.NOT_JSON: b"{op: 0",
        Tamper.UNKNOWN_OP: b'{"op":99,"d":{}}',
        Tamper.NO_EVENT: b'{"op":0,"id":"","d":null}',
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
    letter: Letter, signer: Signer, tamper: Tamper | None, identifiers: Identifiers, neighbour: Signer | None = None
) -> tuple[dict[str, str], bytes]:
    """Headers and body as they go out. `replayed` is not made here: it repeats what went out before.

    Args:
        neighbour: signs in the name of another bot that has the same address.
    """
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
        case Tamper.NEIGHBOUR_KEY:
            signature = (neighbour or Signer(identifiers.secret())).sign(timestamp, body)
        case _:
            sent = body if tamper is None else _BODIES.get(tamper, body)
            signature = signer.sign(timestamp, sent)
    return webhooks.headers(app_id, signature, timestamp, letter.trace_id), sent


def _changed(body: bytes) -> bytes:
    """The body with the first character of its top-level `id` changed, so that it stays JSON."""
    start = body.index(b'"id":"') + len(b'"id":"')
    return body[:start] + (b"Z" if body[start : start + 1] != b"Z" else b"Y") + body[start + 1 :]
