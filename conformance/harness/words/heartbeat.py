"""The pulse: what HELLO says of it, what becomes of its ACKs, and how the bot beats."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from conformance.harness import pace
from conformance.harness.journal import gaps
from conformance.harness.judging import require
from conformance.harness.words.bot import HEARTBEATS, BotWords, is_farewell
from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.harness.journal import Entry
    from conformance.harness.pace import Span


class HeartbeatWords(BotWords):
    """Op 1 and op 11."""

    # What the platform does

    def platform_greets_once_with(self, data: Mapping[str, Any]) -> None:
        """The next HELLO has this `d`, those after it are as usual; a flood meets 4008."""
        self._begin()
        self._control.settings(frames_per_minute=pace.FLOOD_ENDS)
        hello = {"verb": "send", "frame": {"op": Op.HELLO.value, "d": dict(data)}}
        self._control.faults([{"name": "odd-hello", "on": "ws: HELLO", "do": [hello, {"verb": "drop"}]}])

    # What the bot does

    def beats_or_leaves(self, connection: int, since: int, within: Span) -> Entry | None:
        """The next heartbeat on a connection, or the bot's farewell to it; None when the span passes without."""
        return self._watch.occurs(
            {"kind": {"in": ["ws.in", "ws.close"]}},
            since=since,
            within=within,
            such_that=lambda entry: _is_beat(entry, connection) or is_farewell(entry, connection),
        )

    def keeps_beating(self, count: int, connection: int, within: Span) -> list[Entry]:
        """The next `count` heartbeats on a connection, and the bot does not leave it.

        Raises:
            Unmet: it leaves, or falls silent.
        """
        expected = f"{count} more heartbeats on connection {connection}"
        since = self._journal_end()
        beats: list[Entry] = []
        while len(beats) < count:
            entry = self.beats_or_leaves(connection, since, within)
            require(entry is not None, expected, f"silence after {len(beats)}")
            assert entry is not None
            left = f"the bot left the connection after {len(beats)}"
            require(_is_beat(entry, connection), expected, left, decisive=entry["id"])
            beats.append(entry)
            since = entry["id"]
        return beats

    def pulse(self, count: int, since: Entry, within: Span) -> list[float]:
        """Pauses between the next heartbeats on the connection of `since`, fewer than `count` when they do not come."""
        beats: list[Entry] = []
        last = since["id"]
        while len(beats) <= count:
            beat = self._watch.occurs({**HEARTBEATS, "connection": since["connection"]}, since=last, within=within)
            if beat is None:
                break
            beats.append(beat)
            last = beat["id"]
        return gaps([beat["at"] for beat in beats])

    def heartbeats_within(self, span: Span, since: Entry, most: int, patience: Span) -> int:
        """How many heartbeats there are in the span that begins with `since`, `most` at most; one comes later, too.

        Raises:
            Unmet: for as long as `patience` there is none.
        """
        count, last = 0, since
        while count < most:
            last = self._watch.first(HEARTBEATS, since=last["id"], within=patience, expected="heartbeats (op 1) go on")
            if last["at"] - since["at"] > span.seconds:
                break
            count += 1
        return count

    def heartbeats_before_ready(self) -> list[Entry]:
        """The heartbeats on each connection that came before its first dispatch."""
        begun: set[int] = set()
        early: list[Entry] = []
        for entry in self._journal.read():
            if entry["kind"] == "ws.out" and entry["op"] == Op.DISPATCH:
                begun.add(entry["connection"])
            elif entry["kind"] == "ws.in" and entry["op"] == Op.HEARTBEAT and entry["connection"] not in begun:
                early.append(entry)
        return early

    def nothing_happens(self, connection: int, span: Span) -> None:
        """So long the bot keeps the connection, on which nothing but its heartbeats is answered.

        Raises:
            Unmet: it leaves.
        """
        since, began = self._journal_end(), float(self._journal.entries[-1]["at"])
        entry = self._watch.occurs(
            {"kind": {"in": ["ws.in", "ws.close"]}},
            since=since,
            within=span,
            such_that=lambda entry: is_farewell(entry, connection),
        )
        lasted = span.seconds if entry is None else entry["at"] - began
        expected = f"the bot stays on the quiet connection for {span.seconds:.0f} s"
        left = None if entry is None else entry["id"]
        require(lasted >= span.seconds, expected, f"it left after {lasted:.0f} s", decisive=left)


def told(pauses: list[float]) -> str:
    """Pauses as a report shows them."""
    return ", ".join(f"{pause:.1f} s" for pause in pauses) or "none"


def is_pace_of(interval: Span, pauses: list[float], *, fastest: float, slowest: float) -> bool:
    """Whether the pauses are those of an interval: on average not below, as a median not above these shares of it."""
    if not pauses:
        return False
    mean, median = statistics.mean(pauses), statistics.median(pauses)
    return mean >= fastest * interval.seconds and median <= slowest * interval.seconds


def _is_beat(entry: Entry, connection: int) -> bool:
    return bool(entry["kind"] == "ws.in" and entry["op"] == Op.HEARTBEAT and entry["connection"] == connection)
