"""One timer per machine that lives in a world's steady time."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from fakeqq.core.clock import WorldClock

Machine = TypeVar("Machine", bound=Hashable)


class Timers(Generic[Machine]):
    """Calls `on_due` with a machine at its deadline or before, when it moved or the clock was slowed; it arms again.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float], on_due: Callable[[Machine], None]) -> None:
        self._clock = clock
        self._on_due = on_due
        self._armed: dict[Machine, asyncio.TimerHandle] = {}

    def arm(self, machine: Machine, clock: WorldClock, deadline: float | None) -> None:
        """Have the machine called at `deadline`, steady seconds of `clock`; None for never.

        A timer that fires earlier stays: moving one at every heartbeat would cost more than a call in vain.
        """
        timer = self._armed.get(machine)
        if deadline is None:
            if timer is not None:
                self._armed.pop(machine).cancel()
            return
        loop = asyncio.get_running_loop()
        due = loop.time() + max(0.0, clock.real_at(deadline) - self._clock())
        if timer is None or timer.when() > due:
            if timer is not None:
                timer.cancel()
            self._armed[machine] = loop.call_at(due, self._due, machine)

    def close(self) -> None:
        """No timer fires any more."""
        for timer in self._armed.values():
            timer.cancel()
        self._armed.clear()

    def _due(self, machine: Machine) -> None:
        del self._armed[machine]
        self._on_due(machine)
