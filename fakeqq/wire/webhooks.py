"""Webhook push: the bodies and headers of the platform's own requests, and what a receiver may answer.

Sources: KarinJS/karin-plugin-adapter-qqbot@1f5a06c api-docs/dev-prepare/event-emit/webhook.md (address validation and
op 12); a captured request in the README of karinjs-webhook-qqbot (header names); a captured body of September 2025
(`op`, `id`, `d`, `t` in this order, no `s`).
"""

from collections.abc import Mapping
from json.encoder import encode_basestring
from types import MappingProxyType
from typing import Any

from fakeqq.wire.ops import Op

USER_AGENT = "QQBot-Callback"
SIGNATURE_HEADER = "X-Signature-Ed25519"
TIMESTAMP_HEADER = "X-Signature-Timestamp"
APP_ID_HEADER = "X-Bot-Appid"
# Statuses that a withdrawn edition of the documentation demanded (tencent-connect/bot-docs@e643e1b, September 2024).
ACK_STATUSES = frozenset({200, 204})

# Bodies that receivers in production answer with and that are taken for an acknowledgement, with who sends them.
TOLERATED_ACKS: Mapping[str, str] = MappingProxyType(
    {
        "": "an empty body, as NoneBot and Karin answer",
        '{"opcode":12}': "`opcode` for `op`, as AstrBot answers",
        '{"d":{},"op":12}': "an object as `d`, as Satori answers",
        "ok": "plain text, as GoQHttp answers",
    }
)


def push(event_type: str, event_id: str, data_json: str) -> str:
    """The body of an event; `data_json`, its `d`, goes in as it is."""
    return f'{{"op":0,"id":{encode_basestring(event_id)},"d":{data_json},"t":{encode_basestring(event_type)}}}'


def validation(plain_token: str, event_ts: str) -> str:
    """The body of an address validation, op 13; the documented example puts `d` before `op`."""
    return f'{{"d":{{"plain_token":"{plain_token}","event_ts":"{event_ts}"}},"op":13}}'


def headers(app_id: str, signature: str | None, timestamp: str, trace_id: str) -> dict[str, str]:
    """The headers of a delivery, in the captured order; `signature` None leaves the signature's three out."""
    signed = {} if signature is None else {
        SIGNATURE_HEADER: signature,
        TIMESTAMP_HEADER: timestamp,
        "X-Signature-Method": "Ed25519",
    }  # fmt: skip
    return {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        APP_ID_HEADER: app_id,
        **signed,
        "X-Tps-trace-ID": trace_id,
    }


def is_failure(answer: Any) -> bool:
    """Whether a decoded body is op 12 with a `d` that reports failure: botgo answers 1 and expects a retry."""
    if not isinstance(answer, dict) or answer.get("op") != Op.HTTP_CALLBACK_ACK:
        return False
    return isinstance(answer.get("d"), int) and answer["d"] != 0
