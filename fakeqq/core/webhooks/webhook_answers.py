"""What a receiver's answer to a webhook delivery is worth.

Clients in production acknowledge in many forms, so the status decides and only an explicit failure overrules it; the
forms stand in `fakeqq.wire.webhooks`. Redirects are not followed, which is our choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from fakeqq.wire import webhooks
from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.webhooks.signatures import Signer

_VALID = 200
_REJECTIONS = range(400, 500)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response; `body` is at most what the shell keeps of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """No HTTP response came; `why` in words."""

    why: str


class Verdict(NamedTuple):
    """Whether a delivery is acknowledged (or an address valid), and why."""

    acked: bool
    why: str


def judge_push(outcome: Answer | NoAnswer) -> Verdict:
    """Whether an event counts as delivered."""
    if isinstance(outcome, NoAnswer):
        return Verdict(False, outcome.why)
    if outcome.status not in webhooks.ACK_STATUSES:
        return Verdict(False, f"status {outcome.status}: an acknowledgement has 200")
    decoded = _json(outcome.body)
    if webhooks.is_failure(decoded):
        return Verdict(False, f"op 12 with d {decoded['d']}: the receiver reports a failure")
    if decoded == {"op": int(Op.HTTP_CALLBACK_ACK), "d": 0}:
        return Verdict(True, "op 12 with d 0")
    known = webhooks.TOLERATED_ACKS.get(outcome.body.decode(errors="replace").strip())
    form = known or "a body of no known form"
    return Verdict(True, f"status {outcome.status}, tolerated: {form}")


def is_rejection(outcome: Answer | NoAnswer) -> bool:
    """Whether the receiver finds fault with the request itself: a status of 4xx."""
    return isinstance(outcome, Answer) and outcome.status in _REJECTIONS


def judge_validation(
    outcome: Answer | NoAnswer, challenge: tuple[str, str], signer: Signer, neighbours: Mapping[str, Signer]
) -> Verdict:
    """Whether the address knows the secret.

    Args:
        challenge: `plain_token` and `event_ts` that were sent.
        neighbours: other bots of the same address, by app id: an adapter with several accounts on one path may sign
            with the wrong one's secret (https://github.com/tencent-connect/openclaw-qqbot/pull/290).
    """
    if isinstance(outcome, NoAnswer):
        return Verdict(False, outcome.why)
    if outcome.status != _VALID:
        return Verdict(False, f"status {outcome.status}: the answer to op 13 has 200")
    answer = _json(outcome.body)
    if not isinstance(answer, dict):
        return Verdict(False, "the body is not a JSON object")
    token, timestamp = challenge
    if answer.get("plain_token") != token:
        return Verdict(False, "plain_token is not the one that was sent")
    signature = answer.get("signature")
    if signature == signer.sign(timestamp, token.encode()):
        return Verdict(True, "signed with this bot's secret")
    return Verdict(False, _guess(signature, challenge, signer, neighbours))


def _guess(signature: Any, challenge: tuple[str, str], signer: Signer, neighbours: Mapping[str, Signer]) -> str:
    """What went wrong with a signature, where it can be told."""
    token, timestamp = challenge
    if not isinstance(signature, str):
        return "there is no signature"
    if signature.lower() == signer.sign(timestamp, token.encode()):
        return "the signature is right but not in lower case"
    if signature == signer.sign_swapped(timestamp, token.encode()):
        return "plain_token + event_ts was signed; the order is event_ts + plain_token"
    for app_id, other in neighbours.items():
        if signature == other.sign(timestamp, token.encode()):
            return f"signed with the secret of bot {app_id}, which has the same address; X-Bot-Appid says whose it is"
    return "the signature is not of event_ts + plain_token under this bot's secret"


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None
