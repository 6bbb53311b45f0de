"""A journal entry as one line of a live log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.launch.wording import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Paint = Callable[[str, str], str]

WIDTH = 200
"""Characters of an entry that are shown; the whole of it is one `--json` away."""

_COLOURS = {
    "http.request": "cyan",
    "http.response": "green",
    "ws.in": "cyan",
    "ws.out": "green",
    "ws.close": "yellow",
    "fault": "red",
    "control": "magenta",
    "scenario": "magenta",
    "webhook.request": "green",
    "webhook.response": "cyan",
    "user.said": "blue",
    "user.sees": "blue",
}


def line(entry: Mapping[str, Any], paint: Paint) -> str:
    """`paint(text, colour)` colours a text, or leaves it."""
    kind = str(entry.get("kind", "?"))
    refused = kind == "http.response" and int(entry.get("status") or 0) >= 400
    head = f"{entry.get('id', '?'):>5} {float(entry.get('elapsed', 0)):9.3f}"
    words = describe(entry)
    shown = words if len(words) <= WIDTH else f"{words[: WIDTH - 1]}…"
    return f"{paint(head, 'bright_black')} {paint(shown, 'red' if refused else _COLOURS.get(kind, 'white'))}"
