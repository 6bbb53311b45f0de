"""A journal entry in words for a person: who, what; no secret in any of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Entry = Mapping[str, Any]

REDACTED = "[secret]"
"""What stands in the place of a value that a terminal, a screenshot or a CI log must not show."""

SECRET_KEYS = frozenset({"token", "access_token", "clientSecret", "secret", "authorization", "Authorization"})


def describe(entry: Entry) -> str:
    """One entry in words; a kind that is not known is printed as JSON."""
    kind = entry["kind"]
    describer = _DESCRIBERS.get(kind)
    return describer(entry) if describer is not None else f"{kind} {_compact(_own_fields(entry))}"


def _own_fields(entry: Entry) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in ("id", "at", "elapsed", "kind")}


def _compact(value: object) -> str:
    return json.dumps(without_secrets(value), ensure_ascii=False, separators=(", ", ": "))


def without_secrets(value: object) -> object:
    """The same value with every secret field covered."""
    if isinstance(value, dict):
        return {key: REDACTED if key in SECRET_KEYS else without_secrets(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    return value


def _frame(entry: Entry, direction: str) -> str:
    op = entry.get("op")
    if op is None:
        return f"{direction} [{entry['connection']}] not a frame: {entry.get('text')!r}"
    name = Op(op).name if op in set(Op) else "unknown op"
    frame = entry.get("frame") or {}
    words = [f"{direction} [{entry['connection']}] op {op} {entry.get('t') or name}"]
    if entry.get("s") is not None:
        words.append(f"s={entry['s']}")
    data = frame.get("d")
    if op == Op.DISPATCH and isinstance(data, dict):
        data = {key: data[key] for key in ("session_id", "id", "content") if key in data}
    if data not in (None, {}, ""):
        words.append(_compact(data))
    return " ".join(words)


def _request(entry: Entry) -> str:
    body = entry.get("body")
    sent = f" {_compact(body)}" if body not in (None, "") else ""
    known = "" if entry.get("operation") else " (not modelled)"
    return f"bot -> {entry['method']} {entry['path']}{known}{sent}"


def _response(entry: Entry) -> str:
    words = [f"     <- {entry['status']}"]
    words += [str(entry[key]) for key in ("error",) if entry.get(key)]
    if entry.get("fault"):
        words.append(f"(fault {entry['fault']})")
    body = entry.get("body")
    words.append("empty body" if body in (None, "") else _compact(body))
    return " ".join(words)


def _close(entry: Entry) -> str:
    code = "without a close frame" if entry.get("code") is None else f"with {entry['code']}"
    reason = f" {entry['reason']!r}" if entry.get("reason") else ""
    who = "bot" if entry.get("by") == "client" else "platform"
    return f"{who} closes [{entry['connection']}] {code}{reason}"


def _push(entry: Entry) -> str:
    tampered = f" ({entry['tamper']})" if entry.get("tamper") else ""
    return f"bot <- POST {entry.get('url')}{tampered} {entry.get('body')}"


def _stream(entry: Entry) -> str:
    where = f"index {entry.get('index')}, state {entry.get('state')}, {entry.get('length')} characters so far"
    return f"user sees a stream grow: {entry.get('part')!r} ({where})"


_DESCRIBERS: dict[str, Callable[[Entry], str]] = {
    "ws.open": lambda entry: f"bot -> [{entry['connection']}] opens a WebSocket",
    "ws.in": lambda entry: _frame(entry, "bot ->"),
    "ws.out": lambda entry: _frame(entry, "bot <-"),
    "ws.close": _close,
    "http.request": _request,
    "http.response": _response,
    "control": lambda entry: f"** {entry.get('action')} {_compact(entry.get('details') or {})}",
    "fault": lambda entry: f"** fault {entry.get('fault')} at {entry.get('moment')}",
    "scenario": lambda entry: (
        f"** {entry.get('scenario')}: {entry.get('action')} {_compact(entry.get('details') or {})}"
    ),
    "webhook.request": _push,
    "webhook.response": lambda entry: f"     -> {entry.get('status')}, {entry.get('why')}",
    "user.said": lambda entry: f"user says {entry.get('text')!r}",
    "user.stream": _stream,
    "user.sees": lambda entry: f"user sees {entry.get('text')!r}, reply to {entry.get('reply_to')}",
}
