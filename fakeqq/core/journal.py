"""The record of everything that crossed the wire: append-only, stable field names, the only evidence a check may use.

An entry is a plain JSON object. All entries carry `id` (from 1, growing by one), `at` (world time, epoch seconds),
`elapsed` (steady seconds since the journal began) and `kind`; the other fields depend on the kind and are listed in
docs/control-api.md.
"""

from __future__ import annotations

import re
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from fakeqq.core.errors import ControlError, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fakeqq.core.clock import Instant

Entry = dict[str, Any]

# How many entries one journal keeps: a day of a busy bot, about 200 MiB at the largest. Our choice.
JOURNAL_ENTRIES = 200_000
# How many entries that match all but a little are shown when a wait times out. Our choice: a screenful.
NEAREST = 3

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode
_MISSING = object()
# A place in a list, as a path writes it; no list of the journal is longer.
_INDEX = re.compile(r"[0-9]{1,9}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _contains(found: Any, wanted: Any) -> bool:
    if isinstance(found, str):
        return isinstance(wanted, str) and wanted in found
    return isinstance(found, list) and wanted in found


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "in": lambda found, wanted: found in wanted,
    "gte": lambda found, wanted: _is_number(found) and found >= wanted,
    "lte": lambda found, wanted: _is_number(found) and found <= wanted,
    "contains": _contains,
    "not": lambda found, wanted: found is not _MISSING and found != wanted,
    "exists": lambda found, wanted: (found is not _MISSING) is wanted,
}
_OPERAND_TYPES: Mapping[str, tuple[type, ...]] = {
    "in": (list,),
    "gte": (int, float),
    "lte": (int, float),
    "contains": (str, int, float),
    "not": (str, int, float, bool, type(None)),
    "exists": (bool,),
}


class Pattern:
    """What a journal entry must look like.

    Args:
        where: dotted path to a literal, or to one operator object: `in`, `gte`, `lte`, `contains`, `exists`, `not`.
            All must hold. Example: `{"kind": "ws.in", "op": 6, "frame.d.seq": {"gte": 3}}`.

    Raises:
        ControlError: an operator is unknown or its operand has the wrong type.
    """

    def __init__(self, where: Mapping[str, Any]) -> None:
        self.where = dict(where)
        self._tests = [(tuple(path.split(".")), *_test(path, wanted)) for path, wanted in where.items()]

    def matches(self, entry: Entry) -> bool:
        return all(test(_find(entry, path), wanted) for path, test, wanted in self._tests)

    def differences(self, entry: Entry) -> dict[str, Any]:
        """Path → what was expected and what stood there, for each part that does not hold."""
        found = ((".".join(path), test, wanted, _find(entry, path)) for path, test, wanted in self._tests)
        return {
            path: {"expected": self.where[path], "found": None if value is _MISSING else value}
            for path, test, wanted, value in found
            if not test(value, wanted)
        }


class Journal:
    """Entries in order, and who waits for the next one.

    Args:
        limit: how many entries are kept; the oldest go first, ids go on growing.

    Attributes:
        listeners: told each entry as it is made.
        on_end: called once, when nothing worth waiting for comes any more.
        has_ended: whether its world is gone.
    """

    def __init__(self, limit: int = JOURNAL_ENTRIES) -> None:
        # As JSON: a third of the memory of objects, which thousands of idle bots would fill with heartbeats.
        self._entries: deque[bytes] = deque(maxlen=limit)
        self._last_id = 0
        self.listeners: list[Callable[[Entry], None]] = []
        self.on_end: list[Callable[[], None]] = []
        self.has_ended = False

    @property
    def last_id(self) -> int:
        return self._last_id

    def append(self, now: Instant, kind: str, **fields: Any) -> int:
        """Add an entry and return its id."""
        return self.add(now, kind, fields)

    def add(self, now: Instant, kind: str, fields: Mapping[str, Any]) -> int:
        """As `append`, with the fields in an object: three copies of it would show on the dispatch path."""
        self._last_id += 1
        self._add({"id": self._last_id, "at": now.world, "elapsed": now.steady, "kind": kind, **fields})
        return self._last_id

    def adopt(self, entry: Entry) -> None:
        """Take an entry over from another journal: a new id, its own `at`."""
        self._last_id += 1
        self._add({**entry, "id": self._last_id})

    def end(self) -> None:
        """The world is gone: whoever waits for its next entry waits in vain."""
        self.has_ended = True
        for ring in tuple(self.on_end):
            ring()

    def since(self, last_seen: int = 0) -> Iterator[Entry]:
        """Entries with an id greater than `last_seen`, oldest first."""
        # Ids have no gaps, so the place in the row tells the id. A list: entries may come while this one is read.
        missing = max(0, self._last_id - last_seen)
        newest = list(islice(reversed(self._entries), missing))
        yield from map(_decode, reversed(newest))

    def nearest(self, pattern: Pattern, last_seen: int = 0) -> list[dict[str, Any]]:
        """The entries that miss the pattern by least, each with what differs; the latest of equals first."""
        rated = [(len(differs), -entry["id"], entry, differs) for entry, differs in self._compared(pattern, last_seen)]
        rated.sort(key=lambda item: item[:2])
        return [{"entry": entry, "differs": differs} for _, _, entry, differs in rated[:NEAREST]]

    def _compared(self, pattern: Pattern, last_seen: int) -> Iterator[tuple[Entry, dict[str, Any]]]:
        for entry in self.since(last_seen):
            differs = pattern.differences(entry)
            if 0 < len(differs) < max(2, len(pattern.where)):
                yield entry, differs

    def _add(self, entry: Entry) -> None:
        noted = _encode(entry)
        self._entries.append(noted)
        if self.listeners:
            heard = _decode(noted)
            for listener in self.listeners:
                listener(heard)


def _test(path: str, wanted: Any) -> tuple[Callable[[Any, Any], bool], Any]:
    if not isinstance(wanted, dict):
        return _equals, wanted
    if len(wanted) != 1:
        raise ControlError("bad_pattern", f"{path!r}: give a literal or exactly one of {', '.join(_OPERATORS)}")
    (name, operand), *_ = wanted.items()
    if name not in _OPERATORS:
        raise unknown("operator", name, _OPERATORS)
    if not isinstance(operand, _OPERAND_TYPES[name]):
        allowed = " or ".join(kind.__name__ for kind in _OPERAND_TYPES[name])
        raise ControlError("bad_pattern", f"{path!r}: {name!r} takes {allowed}, not {type(operand).__name__}")
    return _OPERATORS[name], operand


def _equals(found: Any, wanted: Any) -> bool:
    return type(found) is type(wanted) and bool(found == wanted)


def _find(entry: Entry, path: tuple[str, ...]) -> Any:
    value: Any = entry
    for part in path:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and _INDEX.fullmatch(part) and int(part) < len(value):
            value = value[int(part)]
        else:
            return _MISSING
    return value
