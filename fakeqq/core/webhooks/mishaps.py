"""What a fault makes of a webhook delivery on its way: lost, doubled, late, out of order, broken off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fakeqq.core.faults import verbs
from fakeqq.core.faults.faults import WEBHOOK_EVENT, WEBHOOK_VALIDATION

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.faults.faults import Fault
    from fakeqq.core.world import World


@dataclass(frozen=True, slots=True)
class Mishap:
    """How a delivery is made.

    Attributes:
        lost: it never leaves.
        copies: how often it is made.
        delay: steady seconds until it is.
        swapped: made when a later one has its answer.
        cut: bytes of the request that leave before TCP ends; None lets all leave.
        reset: TCP ends with RST when the request has left.
    """

    lost: bool = False
    copies: int = 1
    delay: float = 0.0
    swapped: bool = False
    cut: int | None = None
    reset: bool = False

    @property
    def breaks_off(self) -> bool:
        """Whether TCP ends before the receiver can answer."""
        return self.reset or self.cut is not None


NONE = Mishap()


def meet(world: World, number: int, *, validates: bool, now: Instant) -> Mishap:
    """What stands in the way of the delivery of this number; noted in the journal."""
    moment = WEBHOOK_VALIDATION if validates else WEBHOOK_EVENT
    fault = world.faults.fire(moment)
    if fault is None:
        return NONE
    world.note_fault(fault, moment, now, delivery=number)
    return _read(fault)


def _read(fault: Fault) -> Mishap:
    """The verbs together; those of other moments were refused when the fault was set."""
    return Mishap(
        lost=any(isinstance(verb, verbs.Drop) for verb in fault.do),
        copies=2 if any(isinstance(verb, verbs.Twice) for verb in fault.do) else 1,
        delay=max((verb.seconds for verb in fault.do if isinstance(verb, verbs.Delay)), default=0.0),
        swapped=any(isinstance(verb, verbs.Swap) for verb in fault.do),
        cut=min((verb.bytes for verb in fault.do if isinstance(verb, verbs.Cut)), default=None),
        reset=any(isinstance(verb, verbs.Reset) for verb in fault.do),
    )
