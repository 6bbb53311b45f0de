"""Faults as data: at which moment, on which occurrence, what happens.

A fault is the same object in a scenario's TOML, in the control API and in the journal. `nth` makes it deterministic:
the first occurrence of its moment after the fault was set is 1. This module decides *whether* a fault fires; the
machines at the moment decide what its verbs mean there.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fakeqq.core.errors import ControlError, explain, must_be_json, unknown
from fakeqq.core.faults.verbs import (
    CONNECT,
    FRAME,
    HTTP,
    RECEIVE,
    STREAM,
    VERBS,
    WEBHOOK,
    Error,
    StopStream,
    Verb,
    verb_name,
    verbs_for,
)
from fakeqq.wire.endpoints import OPERATIONS, STORAGE_OPERATIONS
from fakeqq.wire.errors import ERRORS
from fakeqq.wire.intents import EVENT_INTENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from random import Random

# Faults one world may hold at a time; a scenario of more is a mistake in a loop. Our choice.
FAULT_LIMIT = 200

_FRAMES_OUT = ("HELLO", "READY", "RESUMED", "ACK", "RECONNECT", "INVALID_SESSION")
# A request that is a part of a stream, on whichever of the two routes: `stream: *` is all of a bot's streaming.
STREAM_CHUNK, STREAM_FRAME = "stream: CHUNK", "stream: FRAME"
# A delivery to the webhook: of an event, a test's own included, or of the op 13 that validates the address.
WEBHOOK_EVENT, WEBHOOK_VALIDATION = "webhook: EVENT", "webhook: VALIDATION"
_FRAMES_IN = ("IDENTIFY", "RESUME", "HEARTBEAT", "*")


def _moments() -> dict[str, str]:
    """Every exact moment a fault can name → its kind."""
    moments = {f"http: {operation.name}": HTTP for operation in (*OPERATIONS, *STORAGE_OPERATIONS)}
    moments |= {STREAM_CHUNK: STREAM, STREAM_FRAME: STREAM}
    moments["connect"] = CONNECT
    moments |= {f"ws: {name}": FRAME for name in _FRAMES_OUT}
    moments |= {f"dispatch: {event}": FRAME for event in EVENT_INTENTS if event not in _FRAMES_OUT}
    moments |= {f"receive: {name}": RECEIVE for name in _FRAMES_IN if name != "*"}
    moments |= {WEBHOOK_EVENT: WEBHOOK, WEBHOOK_VALIDATION: WEBHOOK}
    return moments


MOMENTS = _moments()
_KIND_OF_PREFIX = {
    "http": HTTP,
    "stream": STREAM,
    "ws": FRAME,
    "dispatch": FRAME,
    "receive": RECEIVE,
    "webhook": WEBHOOK,
}


class Fault(BaseModel):
    """One thing that goes wrong.

    `on` is a moment (`http: GET /gateway/bot`, `stream: CHUNK`, `connect`, `ws: READY`,
    `dispatch: C2C_MESSAGE_CREATE`, `receive: IDENTIFY`, `webhook: EVENT`); `*` stands for any characters. `times` null
    means from `nth` on, for ever.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=100)]
    on: str
    nth: Annotated[int, Field(ge=1)] = 1
    times: Annotated[int | None, Field(ge=1)] = 1
    probability: Annotated[float | None, Field(gt=0, le=1)] = None
    do: Annotated[list[Verb], Field(min_length=1, max_length=20)]


@dataclass(slots=True)
class _Armed:
    fault: Fault
    seen: int = 0
    hits: int = 0

    def fires_next(self, random: Random) -> bool:
        """Whether the fault fires on the next occurrence of its moment, which is not counted by this."""
        fault, occurrence = self.fault, self.seen + 1
        last = None if fault.times is None else fault.nth + fault.times
        in_window = occurrence >= fault.nth and (last is None or occurrence < last)
        return in_window and (fault.probability is None or random.random() < fault.probability)

    def meets(self, random: Random) -> bool:
        """Count one occurrence of the moment; whether the fault fires on it."""
        fires = self.fires_next(random)
        self.seen += 1
        self.hits += fires
        return fires


class FaultPlan:
    """The faults of one world, replaced as a whole.

    Args:
        random: decides faults that have a probability; seeded per world.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._armed: list[_Armed] = []
        self._at: dict[str, list[_Armed]] = {}

    def replace(self, faults: Iterable[Any]) -> None:
        """Arm these faults instead of all others; on any mistake nothing changes.

        Raises:
            ControlError: a moment, verb, field or value does not exist; says which is nearest.
        """
        self.arm([parse_fault(fault) for fault in faults])

    def arm(self, faults: Sequence[Fault]) -> None:
        """As `replace`, with faults that `parse_fault` has checked.

        Raises:
            ControlError: there are too many.
        """
        if len(faults) > FAULT_LIMIT:
            raise ControlError("too_many", f"a world holds at most {FAULT_LIMIT} faults, not {len(faults)}")
        self._armed = [_Armed(fault) for fault in faults]
        self._at.clear()

    def fire(self, moment: str) -> Fault | None:
        """The fault that fires at this occurrence of `moment`; the first in the list wins, all that match count it."""
        if not self._armed:
            return None
        fired = [armed.fault for armed in self._matching(moment) if armed.meets(self._random)]
        return fired[0] if fired else None

    def next(self, moment: str) -> Fault | None:
        """The fault that `fire` would return now; changes nothing, chance included."""
        chance = self._random.getstate()
        firing = [armed.fault for armed in self._matching(moment) if armed.fires_next(self._random)]
        self._random.setstate(chance)
        return firing[0] if firing else None

    def _matching(self, moment: str) -> list[_Armed]:
        matching = self._at.get(moment)
        if matching is None:
            matching = [armed for armed in self._armed if fnmatchcase(moment, armed.fault.on)]
            self._at[moment] = matching
        return matching

    def as_json(self) -> list[dict[str, Any]]:
        return [{**armed.fault.model_dump(mode="json"), "hits": armed.hits} for armed in self._armed]


def parse_fault(raw: Any) -> Fault:
    """Check one fault as written by a person.

    Raises:
        ControlError: with the nearest word that would have been right.
    """
    try:
        fault = Fault.model_validate(raw)
    except ValidationError as error:
        raise explain(error, "fault", fields=_fields, tag="verb", tags=map(verb_name, VERBS)) from None
    must_be_json(raw)
    kind = _kind_of(fault.on)
    for verb in fault.do:
        if kind not in verb.moments:
            message = f"verb {verb.verb!r} cannot happen at {fault.on!r}; verbs there: {', '.join(verbs_for(kind))}"
            raise ControlError("verb_out_of_place", message)
        if isinstance(verb, Error | StopStream) and verb.name not in _ERROR_NAMES:
            raise unknown("error", verb.name, _ERROR_NAMES)
    return fault


def _kind_of(on: str) -> str:
    if on in MOMENTS:
        return MOMENTS[on]
    prefix, _, rest = on.partition(": ")
    if "*" in rest and prefix in _KIND_OF_PREFIX and any(fnmatchcase(moment, on) for moment in MOMENTS):
        return _KIND_OF_PREFIX[prefix]
    raise unknown("moment", on, MOMENTS)


def _fields(location: Sequence[int | str]) -> list[str]:
    """The fields allowed where a location of pydantic's points, e.g. `("do", 0, "close", "cod")`."""
    for verb in VERBS:
        if verb_name(verb) in location:
            return list(verb.model_fields)
    return list(Fault.model_fields)


_ERROR_NAMES = frozenset(row.name for row in ERRORS)
