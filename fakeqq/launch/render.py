"""A journal entry as one line for a person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Paint = Callable[[str, str], str]

SECRETS = frozenset({"clientSecret", "access_token", "token", "secret"})
"""Fields whose value a terminal (a screenshot, a CI log) must not show."""

WIDTH = 160
"""Characters of a body that are shown; the whole of it is one `--json` away."""

_ARROWS = {
    "http.request": ("→", "cyan"),
    "http.response": ("←", "green"),
    "ws.open": ("○", "cyan"),
    "ws.in": ("→", "cyan"),
    "ws.out": ("←", "green"),
    "ws.close": ("●", "yellow"),
    "fault": ("!", "red"),
    "control": ("*", "magenta"),
    "scenario": ("*", "magenta"),
    "webhook.request": ("⇐", "cyan"),
    "webhook.response": ("⇒", "green"),
    "user.said": ("»", "blue"),
    "user.sees": ("«", "blue"),
    "user.recall": ("«", "blue"),
}


def line(entry: Mapping[str, Any], paint: Paint) -> str:
    """`paint(text, colour)` colours a text, or leaves it."""
    kind = str(entry.get("kind", "?"))
    arrow, colour = _ARROWS.get(kind, ("·", "white"))
    if kind == "http.response" and int(entry.get("status") or 0) >= 400:
        colour = "red"
    head = f"{entry.get('id', '?'):>5} {float(entry.get('elapsed', 0)):9.3f}"
    return f"{paint(head, 'bright_black')} {paint(arrow, colour)} {_TEXTS.get(kind, _other)(entry)}"


def _request(entry: Mapping[str, Any]) -> str:
    return f"{entry.get('method')} {entry.get('path')}{_body(entry.get('body'))}"


def _response(entry: Mapping[str, Any]) -> str:
    named = "".join(f" [{entry[name]}]" for name in ("error", "fault") if entry.get(name))
    return f"{entry.get('status')} to #{entry.get('request')}{named}{_body(entry.get('body'))}"


def _frame(entry: Mapping[str, Any]) -> str:
    frame, number = entry.get("frame"), entry.get("op")
    if not isinstance(frame, dict):
        return f"ws{entry.get('connection')} not a frame: {str(entry.get('text'))[:WIDTH]!r}"
    named = entry.get("t") or next((op.name for op in Op if op == number), "unknown")
    sequence = "" if entry.get("s") is None else f" s={entry['s']}"
    return f"ws{entry.get('connection')} op {number} {named}{sequence}{_body(frame.get('d'))}"


def _closed(entry: Mapping[str, Any]) -> str:
    reason = f" {entry['reason']}" if entry.get("reason") else ""
    return f"ws{entry.get('connection')} closed by the {entry.get('by')}: {entry.get('code')}{reason}"


def _tampered(entry: Mapping[str, Any]) -> str:
    return f" [{entry['tamper']}]" if entry.get("tamper") else ""


def _other(entry: Mapping[str, Any]) -> str:
    common = {"id", "at", "elapsed", "kind"}
    return f"{entry.get('kind')}{_body({key: value for key, value in entry.items() if key not in common})}"


_TEXTS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "http.request": _request,
    "http.response": _response,
    "ws.open": lambda entry: f"ws{entry.get('connection')} opened",
    "ws.in": _frame,
    "ws.out": _frame,
    "ws.close": _closed,
    "fault": lambda entry: f"fault {entry.get('fault')} at {entry.get('moment')}",
    "control": lambda entry: f"control {entry.get('action')}{_body(entry.get('details'))}",
    "scenario": lambda entry: f"{entry.get('scenario')}: {entry.get('action')}{_body(entry.get('details'))}",
    "webhook.request": lambda entry: f"POST {entry.get('url')}{_tampered(entry)}{_body(entry.get('body'))}",
    "webhook.response": lambda entry: f"{entry.get('status')} to #{entry.get('request')}: {entry.get('why')}",
    "user.said": lambda entry: f"{entry.get('user')} says: {entry.get('text')}",
    "user.sees": lambda entry: f"{entry.get('openid')} sees: {entry.get('text')}",
}


def _body(value: Any) -> str:
    if value is None or value == {}:
        return ""
    text = value if isinstance(value, str) else json.dumps(_redacted(value), ensure_ascii=False)
    return f" {text[: WIDTH - 1]}…" if len(text) > WIDTH else f" {text}"


def _redacted(value: Any) -> Any:
    if isinstance(value, list):
        return [_redacted(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: "…" if key in SECRETS and item else _redacted(item) for key, item in value.items()}
