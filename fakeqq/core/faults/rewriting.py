"""What a fault's verbs make of a frame: of one that is about to be sent, and of one that came in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakeqq.core.faults import verbs
from fakeqq.core.gateway.outputs import Drip, DropSocket, ResetSocket, StopReading, StopSending
from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.clock import Instant
    from fakeqq.core.faults.faults import Fault
    from fakeqq.core.gateway.connection import Connection
    from fakeqq.core.gateway.outputs import Line

Ending = verbs.Close | verbs.Disconnect | verbs.Reset | verbs.Reconnect | verbs.InvalidSession
ENDINGS: Mapping[type, DropSocket | ResetSocket] = {verbs.Disconnect: DropSocket(), verbs.Reset: ResetSocket()}


@dataclass(slots=True)
class Plan:
    """How a frame leaves.

    Attributes:
        line: what happens to the socket before the frame.
        before: frames sent first.
        copies: how often the frame itself is sent.
        delay: steady seconds until it is.
        swapped: held back until after the next frame.
        garbage: text that is not JSON goes instead.
        padded_to: bytes the frame is blown up to; 0 leaves it.
        cut: send only so many bytes of it, then end TCP; None sends all.
        unknown_events: types of events nobody knows, sent afterwards.
        endings: what ends the connection, or calls for its end, afterwards.
    """

    line: list[Line] = field(default_factory=list)
    before: list[dict[str, Any]] = field(default_factory=list)
    copies: int = 1
    delay: float = 0.0
    swapped: bool = False
    garbage: bool = False
    padded_to: int = 0
    cut: int | None = None
    unknown_events: list[str] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)


def plan(fault: Fault, last_s: int | None) -> Plan:  # noqa: C901, PLR0912 - one case for each verb
    """Read the verbs in their order; those of other moments were refused when the fault was set.

    Args:
        last_s: the last number given out on the connection, for a heartbeat of the server's.
    """
    result = Plan()
    for verb in fault.do:
        match verb:
            case verbs.Drop():
                result.copies = 0
            case verbs.Twice():
                result.copies = 2
            case verbs.Swap():
                result.swapped = True
            case verbs.Delay():
                result.delay = verb.seconds
            case verbs.Garbage():
                result.garbage = True
            case verbs.Oversized():
                result.padded_to = verb.bytes
            case verbs.Cut():
                result.cut = verb.bytes
            case verbs.UnknownEvent():
                result.unknown_events.append(verb.type)
            case verbs.Send() | verbs.Heartbeat() | verbs.UnknownOp():
                result.before.append(staged(verb, last_s))
            case verbs.HalfOpen() | verbs.Stall() | verbs.SlowDrip():
                result.line.append(line(verb))
            case verbs.Close() | verbs.Disconnect() | verbs.Reset() | verbs.Reconnect() | verbs.InvalidSession():
                result.endings.append(verb)
            case _:
                pass
    return result


def suffer(connection: Connection, fault: Fault, now: Instant) -> None:
    """A fault stands at a received frame: the frame is not handled, the verbs happen instead."""
    for verb in fault.do:
        match verb:
            case verbs.Send() | verbs.Heartbeat() | verbs.UnknownOp():
                connection.out.send_frame(staged(verb, connection.last_s), now)
            case verbs.UnknownEvent():
                connection.send_unknown_event(verb.type, now)
            case verbs.InvalidSession():
                connection.invalidate(now, resumable=verb.resumable, then_close=verb.then_close, after=verb.after)
            case verbs.Reconnect():
                connection.ask_to_reconnect(now, verbs.code_or_none(verb.then_close), verb.after)
            case verbs.Close():
                connection.close(verb.code, now, verb.reason)
            case verbs.Disconnect() | verbs.Reset():
                connection.out.put(ENDINGS[type(verb)], now)
            case verbs.HalfOpen() | verbs.Stall() | verbs.SlowDrip():
                connection.out.put(line(verb), now)
            case _:
                pass  # Ignore: not handling the frame is all it does


def staged(verb: verbs.Send | verbs.Heartbeat | verbs.UnknownOp, last_s: int | None) -> dict[str, Any]:
    """The frame a verb brings along."""
    match verb:
        case verbs.Heartbeat():
            return {"op": int(Op.HEARTBEAT), "d": last_s}
        case verbs.UnknownOp():
            return {"op": verb.op, "d": {}}
        case _:
            return verb.frame


def line(verb: verbs.HalfOpen | verbs.Stall | verbs.SlowDrip) -> Line:
    """What a verb does to the socket itself."""
    match verb:
        case verbs.HalfOpen():
            return StopReading()
        case verbs.Stall():
            return StopSending()
        case _:
            return Drip(verb.bytes_per_second)
