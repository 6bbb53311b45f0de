"""Drives the scenarios at work: one timer for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeqq.web.timers import Timers

if TYPE_CHECKING:
    from collections.abc import Callable

    from fakeqq.core.platform import Platform
    from fakeqq.core.scenarios.timeline import Timeline


class TimelineDriver:
    """The scenarios of every world of a server.

    Args:
        clock: monotonic seconds.
        flush: sends what the platform decided to say.
    """

    def __init__(self, platform: Platform, clock: Callable[[], float], flush: Callable[[], None]) -> None:
        self._platform = platform
        self._clock = clock
        self._flush = flush
        self._timers: Timers[Timeline] = Timers(clock, self._tick)

    def flush(self) -> None:
        """Arm the timers of those that something happened to."""
        for timeline in self._platform.take_timelines_with_output():
            self._arm(timeline)

    def close(self) -> None:
        """Nothing happens by itself any more."""
        self._timers.close()

    def _tick(self, timeline: Timeline) -> None:
        timeline.tick(timeline.world.clock.at(self._clock()))
        self._flush()
        self._arm(timeline)

    def _arm(self, timeline: Timeline) -> None:
        self._timers.arm(timeline, timeline.world.clock, timeline.next_deadline())
