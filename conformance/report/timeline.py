"""The timeline of one case: every step that went over the wire, who made it, and the one that decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.report.document import Lane, Step
from conformance.report.wire import redact
from fakeqq.launch.wording import describe
from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    Entry = Mapping[str, Any]

STEPS = 60
"""Steps that a report keeps of one case: three logins with what lies between; a page of 130 cases stays below 2 MB."""

AFTER_DECISION = 12
"""Steps kept behind the decisive one, where it is not the last: what the bot did next explains it."""

WIDTH = 300
"""Characters of one step; longer bodies are cut."""

_LANES = {
    "ws.open": Lane.BOT,
    "ws.in": Lane.BOT,
    "ws.out": Lane.PLATFORM,
    "http.request": Lane.BOT,
    "http.response": Lane.PLATFORM,
    "webhook.request": Lane.PLATFORM,
    "webhook.response": Lane.BOT,
    "user.said": Lane.PEOPLE,
    "user.sees": Lane.PEOPLE,
    "user.stream": Lane.PEOPLE,
    "user.typing": Lane.PEOPLE,
    "user.recall": Lane.PEOPLE,
}
_ARROWS = ("bot ->", "bot <-", "     <-", "     ->", "**")
_HEARTBEATS = (Op.HEARTBEAT, Op.HEARTBEAT_ACK)


def timeline(
    entries: Sequence[Entry], *, zero: float, secrets: Collection[str], decisive: int | None = None
) -> list[Step]:
    """The steps of a case, the oldest first, at most `STEPS`; runs of heartbeats are one step each.

    Args:
        entries: the journal.
        zero: the stamp of the adapter's start.
        secrets: what must not be shown.
        decisive: the id of the entry that decided the verdict, if one did.
    """
    steps: list[Step] = []
    beats: list[Entry] = []
    for entry in sorted(entries, key=lambda entry: (entry["at"], entry["id"])):
        if entry.get("op") in _HEARTBEATS and entry["id"] != decisive:
            beats.append(entry)
            continue
        steps += _folded(beats, zero)
        beats = []
        text = redact(_without_arrow(describe(entry)), secrets)
        shown = text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
        steps.append(Step(_seconds(entry, zero), _lane(entry), shown, decisive=entry["id"] == decisive))
    steps += _folded(beats, zero)
    return _window(steps)


def _folded(beats: Sequence[Entry], zero: float) -> list[Step]:
    if not beats:
        return []
    sent = sum(beat["kind"] == "ws.in" and beat["op"] == Op.HEARTBEAT for beat in beats)
    told = f"{_count(sent, 'heartbeat')}, {_count(len(beats) - sent, 'ACK')}"
    return [Step(_seconds(beats[0], zero), Lane.BEATS, told)]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _seconds(entry: Entry, zero: float) -> float:
    """Rounded for the eye, and never a negative nothing."""
    return round(float(entry["at"]) - zero, 2) + 0.0


def _window(steps: list[Step]) -> list[Step]:
    """The part of the story in which the decision fell; the end, where nothing on the wire decided."""
    end = next(
        (number + 1 + AFTER_DECISION for number, step in enumerate(steps) if step.decisive),
        len(steps),
    )
    return steps[max(min(end, len(steps)) - STEPS, 0) : end]


def _lane(entry: Entry) -> Lane:
    if entry["kind"] == "ws.close":
        return Lane.BOT if entry.get("by") == "client" else Lane.PLATFORM
    return _LANES.get(entry["kind"], Lane.STAGE)


def _without_arrow(text: str) -> str:
    """The drawing shows the direction."""
    for arrow in _ARROWS:
        text = text.removeprefix(arrow)
    return text.strip()
