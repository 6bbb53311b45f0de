"""One timer per machine that lives in a world's steady time."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from fakeqq.core.world import World

Machine = TypeVar("Machine", bound=Hashable)


class Timers(Generic[Machine]):
    """Calls `on_due` with a machine at its deadline, or a little before when the world's clock was slowed.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float], on_due: Callable[[Machine], None]) -> None:
        self._clock = clock
        self._on_due = on_due
        self._armed: dict[Machine, asyncio.TimerHandle] = {}

    def arm(self, machine: Machine, world: World, deadline: float | None) -> None:
        """Replace the machine's timer; `deadline` in steady seconds, None for no timer."""
        previous = self._armed.pop(machine, None)
        if previous is not None:
            previous.cancel()
        if deadline is not None:
            wait = max(0.0, world.clock.real_at(deadline) - self._clock())
            self._armed[machine] = asyncio.get_running_loop().call_later(wait, self._due, machine)

    def close(self) -> None:
        """No timer fires any more."""
        for timer in self._armed.values():
            timer.cancel()
        self._armed.clear()

    def _due(self, machine: Machine) -> None:
        del self._armed[machine]
        self._on_due(machine)
