"""What was received, what is finished, and what was seen before.

The documentation asks for `s` to be recorded *after* an event was handled. So a RESUME names the last event
before the oldest unfinished one, the platform repeats what follows it, and the repetition of what was handled
(or is being handled right now) is recognised by its ids. Both halves are needed: without the first an event
dies with its handler (openclaw/openclaw#109996), without the second it is answered twice
(NousResearch/hermes-agent#119848).
"""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from typing import Any

MAX_LAG = 256
"""Events by which a RESUME may stay behind the newest one. A handler that hangs for ever must not hold the
mark for ever: the platform's memory for replays is finite, and asking for more than it holds costs the whole
session."""

REMEMBERED = 20_000
"""Ids kept for recognising repetitions: more than a replay can hold, and some hours of a lively group; about
3 MB."""


class Progress:
    """The sequence numbers of one session."""

    def __init__(self) -> None:
        self.highest: int | None = None
        self._unfinished: set[int] = set()
        self._earlier_mark = 0
        self._handled_earlier: frozenset[int] = frozenset()

    def received(self, seq: Any) -> int | None:
        """Take note of a dispatch's `s`; answers with it, or with None when it is not a sequence number."""
        if type(seq) is not int or seq <= 0:
            return None
        if self.highest is None or seq > self.highest:
            self.highest = seq
        return seq

    def begin(self, seq: int | None) -> None:
        """Work on the event `seq` begins."""
        if seq is not None:
            self._unfinished.add(seq)

    def finish(self, seq: int | None) -> None:
        """Work on the event `seq` is over."""
        if seq is not None:
            self._unfinished.discard(seq)

    def resume_from(self) -> int | None:
        """The `seq` of a RESUME: the last event before which nothing is unfinished."""
        if self.highest is None or not self._unfinished:
            return self.highest
        return max(min(self._unfinished) - 1, self.highest - MAX_LAG)

    def handled(self) -> tuple[int, ...]:
        """The finished events after `resume_from`: a replay repeats them, and they must not be handled again."""
        mark, highest = self.resume_from() or 0, self.highest or 0
        known = {*range(mark + 1, highest + 1), *(seq for seq in self._handled_earlier if seq > highest)}
        return tuple(sorted(known - self._unfinished))

    def restore(self, seq: int, handled: Collection[int]) -> None:
        """Begin where an earlier process was: at `seq`, with some of the later events `handled`."""
        self.received(seq)
        self._earlier_mark = seq
        self._handled_earlier = frozenset(handled)

    def was_handled_earlier(self, seq: int | None) -> bool:
        """Whether an earlier process finished this event. A replay may begin before the `seq` that was asked for."""
        return seq is not None and (seq <= self._earlier_mark or seq in self._handled_earlier)


class Seen:
    """A bounded memory of ids, the oldest forgotten first."""

    def __init__(self, capacity: int = REMEMBERED) -> None:
        self._capacity = capacity
        # A plain dict finds its oldest key more and more slowly, as it steps over those that were deleted before it.
        self._keys: OrderedDict[str, None] = OrderedDict()

    def remember(self, keys: Sequence[str]) -> bool:
        """Whether one of `keys` was remembered already; all of them are from now on."""
        known = any(key in self._keys for key in keys)
        for key in keys:
            self._keys[key] = None
        while len(self._keys) > self._capacity:
            self._keys.popitem(last=False)
        return known


def identities(event_type: str, event_id: str | None, data: Any) -> list[str]:
    """The ids by which an event's repetition is known.

    A message is known by its own id, too: a group's message may arrive as `GROUP_AT_MESSAGE_CREATE` and as
    `GROUP_MESSAGE_CREATE`, which are two event ids for one message.
    """
    keys = [event_id] if event_id else []
    if event_type.endswith("MESSAGE_CREATE") and isinstance(data, dict):
        message_id = data.get("id")
        if isinstance(message_id, str) and message_id:
            keys.append(message_id)
    return keys
