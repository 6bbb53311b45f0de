"""What goes wrong with one request: the fault that stands at it, and whether the effect is there all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.faults import verbs
from fakeqq.core.faults.faults import STREAM_CHUNK, STREAM_FRAME
from fakeqq.core.streams import streams

if TYPE_CHECKING:
    from fakeqq.core.faults.faults import Fault
    from fakeqq.core.world import World

_SEND_OPERATION = "POST /v2/users/{openid}/messages"
_STREAM_OPERATION = "POST /v2/users/{openid}/stream_messages"


def fault_for(world: World | None, operation: str | None, body: Any) -> tuple[str, Fault | None]:
    """The fault that fires, and at which of the request's moments: its operation, or being a part of a stream.

    Every moment counts the request, whichever of them fires. A stream that the fault stops is stopped already.
    """
    if world is None or operation is None:
        return "", None
    moment = _moment(operation)
    fault = world.faults.fire(moment)
    part_moment = _part_moment(operation, body)
    if part_moment is not None:
        part_fault = world.faults.fire(part_moment)
        if fault is None:
            moment, fault = part_moment, part_fault
    for verb in fault.do if fault is not None else ():
        if isinstance(verb, verbs.StopStream):
            streams.stop(world, body, verb.name)
    return moment, fault


def replaces_effect(fault: Fault) -> bool:
    """Whether the request never reaches the platform: it is refused, swallowed, or dropped before its effect."""
    return any(
        isinstance(verb, verbs.Html | verbs.Hang | verbs.HalfOpen)
        or (isinstance(verb, verbs.Error | verbs.Answer | verbs.Disconnect | verbs.Reset) and verb.effect == "before")
        for verb in fault.do
    )


def keeps_next_from_effect(world: World, operation: str) -> bool:
    """Whether a fault stands at the next request of an operation and replaces its effect; counts nothing."""
    fault = world.faults.next(_moment(operation))
    return fault is not None and replaces_effect(fault)


def _moment(operation: str) -> str:
    return f"http: {operation}"


def _part_moment(operation: str, body: Any) -> str | None:
    if operation == _STREAM_OPERATION:
        return STREAM_FRAME
    is_chunk = operation == _SEND_OPERATION and isinstance(body, dict) and body.get("stream") is not None
    return STREAM_CHUNK if is_chunk else None
