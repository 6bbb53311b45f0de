"""Events by HTTP: whether a delivery comes from the platform, what it says, and what it is answered with.

The signature is over the raw bytes of the body, so nothing is parsed before it is checked. Op 13, the validation of an
address, must be signed, too: who answers it to anybody lets anybody have anything signed, and the same key signs
deliveries.

A delivery that is not acknowledged in time comes again with the same id (AstrBotDevs/AstrBot#5788); it is acknowledged
again and acted on once.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fakeqq.wire.ops import Op
from fakeqq.wire.signing import ed25519_seed, signed_content
from fakeqq.wire.webhooks import APP_ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER
from reference_client.outputs import Event
from reference_client.progress import Seen, identities

ACKNOWLEDGED = json.dumps({"op": int(Op.HTTP_CALLBACK_ACK), "d": 0}).encode()


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer, and the event to work on afterwards, if there is one.

    Attributes:
        problem: why the delivery was refused or passed over, in words; "" when all was well.
    """

    status: int
    body: bytes
    event: Event | None = None
    problem: str = ""


class Webhook:
    """The receiving end of one bot."""

    def __init__(self, app_id: str, secret: str, seen: Seen) -> None:
        """Raises ValueError when the secret is empty."""
        self._app_id = app_id
        self._key = Ed25519PrivateKey.from_private_bytes(ed25519_seed(secret))
        self._public = self._key.public_key()
        self._seen = seen

    def receive(self, headers: Mapping[str, str], body: bytes) -> Reply:
        """Judge one request; header names are in lower case."""
        problem = self._forgery(headers, body)
        if problem:
            return Reply(401, b"", problem=problem)
        try:
            frame = json.loads(body)
        except (ValueError, RecursionError):
            return Reply(400, b"", problem="not JSON")
        if not isinstance(frame, dict):
            return Reply(400, b"", problem=f"a {type(frame).__name__} instead of an object")
        if frame.get("op") == Op.HTTP_CALLBACK_VALIDATION:
            return self._validate(frame.get("d"))
        if frame.get("op") != Op.DISPATCH:
            return Reply(200, ACKNOWLEDGED, problem=f"op {frame.get('op')!r} has no meaning here")
        return self._dispatch(frame)

    def _forgery(self, headers: Mapping[str, str], body: bytes) -> str:
        """Why this does not come from the platform, or ""."""
        app_id = headers.get(APP_ID_HEADER.lower())
        if app_id not in {None, self._app_id}:
            return "for another bot"
        signature, timestamp = headers.get(SIGNATURE_HEADER.lower()), headers.get(TIMESTAMP_HEADER.lower())
        if not signature or not timestamp:
            return "not signed"
        try:
            self._public.verify(bytes.fromhex(signature), signed_content(timestamp, body))
        except (ValueError, InvalidSignature):
            return "the signature is wrong"
        return ""

    def _validate(self, data: Any) -> Reply:
        token, timestamp = (data.get("plain_token"), data.get("event_ts")) if isinstance(data, dict) else (None, None)
        if not isinstance(token, str) or not isinstance(timestamp, str):
            return Reply(400, b"", problem="a validation without plain_token and event_ts")
        signature = self._key.sign(signed_content(timestamp, token.encode())).hex()
        return Reply(200, json.dumps({"plain_token": token, "signature": signature}).encode())

    def _dispatch(self, frame: dict[str, Any]) -> Reply:
        event_type, event_id, data = frame.get("t"), frame.get("id"), frame.get("d")
        if not isinstance(event_type, str):
            return Reply(200, ACKNOWLEDGED, problem="an event without a type")
        if not isinstance(event_id, str):
            event_id = None
        if self._seen.remember(identities(event_type, event_id, data)):
            return Reply(200, ACKNOWLEDGED, problem="delivered before")
        return Reply(200, ACKNOWLEDGED, Event(event_type, event_id, data, None, 0))
