"""Journal entries as lines for people: who, what, when; no secret in any of them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    Entry = Mapping[str, Any]

LINES = 24
"""Wire lines a failure shows: enough for two logins and what came between."""

WIDTH = 160
"""Characters of one line; longer bodies are cut."""

REDACTED = "[secret]"
_TOKEN = re.compile(r"(QQBot\s+)(?!\[secret\])[^\s\"',}\]]+")
_SECRET_KEYS = frozenset({"token", "access_token", "clientSecret", "secret", "authorization", "Authorization"})


def secrets_in(entries: Iterable[Entry]) -> set[str]:
    """Every access token that the platform gave out, and every client secret that was sent."""
    found: set[str] = set()
    for entry in entries:
        body = entry.get("body")
        if isinstance(body, dict):
            found.update(str(body[key]) for key in ("access_token", "clientSecret") if body.get(key))
    return found


def redact(text: str, secrets: Collection[str]) -> str:
    """The text without secrets, and without any bearer of the platform's form."""
    for secret in sorted(secrets, key=len, reverse=True):
        if secret:
            text = text.replace(secret, REDACTED)
    return _TOKEN.sub(rf"\g<1>{REDACTED}", text)


def transcript(entries: Sequence[Entry], *, zero: float, count: int = LINES) -> list[str]:
    """The last `count` entries as lines; `zero` is the stamp of the adapter's start.

    Runs of heartbeats and their ACKs are folded into one line.
    """
    lines: list[str] = []
    folded = 0
    for entry in sorted(entries, key=lambda entry: (entry["at"], entry["id"])):
        if _is_routine(entry):
            folded += 1
            continue
        if folded:
            lines.append(f"{'':>12}… {folded} heartbeats and ACKs")
            folded = 0
        lines.append(f"{entry['at'] - zero:>+10.2f} s {describe(entry)}")
    if folded:
        lines.append(f"{'':>12}… {folded} heartbeats and ACKs")
    return [line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…" for line in lines[-count:]]


def describe(entry: Entry) -> str:
    """One entry in words; a kind that is not known is printed as JSON."""
    kind = entry["kind"]
    describer = _DESCRIBERS.get(kind)
    return describer(entry) if describer is not None else _compact(entry)


def _is_routine(entry: Entry) -> bool:
    return entry["kind"] in ("ws.in", "ws.out") and entry.get("op") in (Op.HEARTBEAT, Op.HEARTBEAT_ACK)


def _compact(value: object) -> str:
    return json.dumps(_without_secrets(value), ensure_ascii=False, separators=(", ", ": "))


def _without_secrets(value: object) -> object:
    if isinstance(value, dict):
        return {key: REDACTED if key in _SECRET_KEYS else _without_secrets(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
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


def _control(entry: Entry) -> str:
    return f"** the suite: {entry.get('action')} {_compact(entry.get('details') or {})}"


_DESCRIBERS: dict[str, Callable[[Entry], str]] = {
    "ws.open": lambda entry: f"bot -> [{entry['connection']}] opens a WebSocket",
    "ws.in": lambda entry: _frame(entry, "bot ->"),
    "ws.out": lambda entry: _frame(entry, "bot <-"),
    "ws.close": _close,
    "http.request": _request,
    "http.response": _response,
    "control": _control,
    "fault": lambda entry: f"** fault {entry.get('fault')} at {entry.get('moment')}",
    "user.said": lambda entry: f"user says {entry.get('text')!r}",
    "user.sees": lambda entry: f"user sees {entry.get('text')!r}, reply to {entry.get('reply_to')}",
}
