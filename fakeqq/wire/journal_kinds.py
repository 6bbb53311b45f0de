"""The kinds of journal entries; what an entry of each holds stands in docs/control-api.md."""

from __future__ import annotations

KINDS: tuple[str, ...] = (
    "http.request", "http.response", "ws.open", "ws.in", "ws.out", "ws.close", "replay.lost", "fault", "control",
    "user.said", "user.sees", "user.answered", "user.recall", "user.typing", "user.stream", "scenario",
    "webhook.request", "webhook.response",
)  # fmt: skip
