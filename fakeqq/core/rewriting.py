"""What a fault's verbs make of one frame that is about to be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakeqq.core import verbs

if TYPE_CHECKING:
    from fakeqq.core.faults import Fault


@dataclass(slots=True)
class Plan:
    """How a frame leaves.

    Attributes:
        before: frames sent first.
        copies: how often the frame itself is sent.
        delay: steady seconds until it is.
        swapped: held back until after the next frame.
        garbage: text that is not JSON goes instead.
        endings: what ends the connection afterwards.
    """

    before: list[dict[str, Any]] = field(default_factory=list)
    copies: int = 1
    delay: float = 0.0
    swapped: bool = False
    garbage: bool = False
    endings: list[verbs.Close | verbs.Disconnect] = field(default_factory=list)


def plan(fault: Fault) -> Plan:
    """Read the verbs in their order; those of other moments were refused when the fault was set."""
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
            case verbs.Send():
                result.before.append(verb.frame)
            case verbs.Close() | verbs.Disconnect():
                result.endings.append(verb)
            case _:
                pass
    return result
