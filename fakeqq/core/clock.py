"""A world's time: the clock the platform judges by, and the steady flow an adapter must keep up with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Instant(NamedTuple):
    """One moment, as a world sees it.

    `world` is epoch seconds on the clock that the control API moves: reply windows, token life and session life
    are judged by it. `steady` is seconds that only flow, at the world's speed, and never jump: heartbeat deadlines and
    delays are judged by it, because no adapter can follow a jump. `real` is the shell's monotonic seconds, from which
    another world's clock tells its own view of the same moment.
    """

    world: float
    steady: float
    real: float


@dataclass(slots=True)
class WorldClock:
    """Turns the shell's monotonic seconds into a world's `Instant`.

    Attributes:
        world: world time at the anchor, epoch seconds.
        steady: steady time at the anchor, seconds.
        anchor: the shell's monotonic seconds when both were set.
        speed: world seconds per real second.
        frozen: whether world time stands still; steady time flows on.
    """

    world: float
    anchor: float
    steady: float = 0.0
    speed: float = 1.0
    frozen: bool = False

    def at(self, real: float) -> Instant:
        flowed = (real - self.anchor) * self.speed
        return Instant(self.world if self.frozen else self.world + flowed, self.steady + flowed, real)

    def advance(self, seconds: float) -> None:
        """Jump forward; negative seconds are the caller's mistake and are refused at the control API."""
        self.world += seconds

    def set_speed(self, speed: float, real: float) -> None:
        self._anchor_at(real)
        self.speed = speed

    def set_frozen(self, frozen: bool, real: float) -> None:
        self._anchor_at(real)
        self.frozen = frozen

    def real_at(self, steady: float) -> float:
        """The shell's monotonic seconds at which `steady` is reached."""
        return self.anchor + (steady - self.steady) / self.speed

    def steady_at(self, world: float) -> float | None:
        """Steady seconds at which world time is reached if nobody moves the clock; None while it stands still."""
        if self.frozen and world > self.world:
            return None
        return self.steady + (world - self.world)

    def _anchor_at(self, real: float) -> None:
        self.world, self.steady, self.anchor = self.at(real)
