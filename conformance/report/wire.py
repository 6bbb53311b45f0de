"""The wire lines of a failure: what happened around it, in the adapter's time, without secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fakeqq.launch.wording import REDACTED, describe
from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    Entry = Mapping[str, Any]

LINES = 24
"""Wire lines a failure shows: enough for two logins and what came between."""

WIDTH = 160
"""Characters of one line; longer bodies are cut."""

_TOKEN = re.compile(r"(QQBot\s+)(?!\[secret\])[^\s\"',}\]]+")


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


def _is_routine(entry: Entry) -> bool:
    return entry["kind"] in ("ws.in", "ws.out") and entry.get("op") in (Op.HEARTBEAT, Op.HEARTBEAT_ACK)
