"""The machine as a measuring instrument: how late it wakes, how slowly it starts programs, what it takes from a bot.

Three measures. Before the run: how long an empty program takes to start, against the machine on which the spans of the
pace were found; the machine's share of every span grows with it. During the run: by how much short waits are late,
which is the error of any two stamps of the journal. During a wait: how long the bot and the server were ready to run
and had to stand in the queue for a core (Linux counts it for every process); such time is not the bot's.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.harness.adapter import Adapter

USUAL_START = 0.05
"""Real seconds in which an empty Python program starts on the two slow cores where the spans were found, others at
work beside it."""

MOST_SLOWNESS = 5.0
"""Beyond this, longer waits would only hide that the machine is no place for a grade."""

STEP = 0.02
"""Real seconds of one short wait."""

NOISE = 0.005
"""A wait that is less late than this was in time."""

BEFORE = 20
"""Short waits before the run: under half a second."""

STARTS = 3
"""Programs started before the run; the quickest tells."""

KEPT = 10_000
"""Late waits remembered: hours of a machine that is only now and then late."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was measured before the run.

    Attributes:
        start: real seconds in which an empty program starts and ends, at best.
        lateness: real seconds by which a short wait was late, at worst.
    """

    start: float
    lateness: float

    @property
    def slowness(self) -> float:
        """By what the machine's share of a span is multiplied; 1 on a machine like ours, or a faster one."""
        return min(max(self.start / USUAL_START, 1.0), MOST_SLOWNESS)

    def __str__(self) -> str:
        return (
            f"an empty program starts in {self.start * 1000:.0f} ms, short waits are late by "
            f"{self.lateness * 1000:.0f} ms at most; waits allow for x{self.slowness:.1f} our machine's time"
        )


QUIET = Calibration(start=USUAL_START, lateness=0.0)
"""A machine like ours, with nothing else to do."""


def calibrate() -> Calibration:
    """Measure; takes about half a second."""
    starts = []
    for _ in range(STARTS):
        began = time.monotonic()
        subprocess.run([sys.executable, "-I", "-S", "-c", ""], check=False)
        starts.append(time.monotonic() - began)
    meter = LatenessMeter()
    for _ in range(BEFORE):
        meter.wait_once()
    return Calibration(start=min(starts), lateness=meter.worst(since=0.0))


class LatenessMeter:
    """Waits a little, again and again, and notes by how much each wait was late."""

    def __init__(self) -> None:
        self._late: deque[tuple[float, float]] = deque(maxlen=KEPT)
        self._never = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Go on for as long as the process lives; safe to call again."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="lateness", daemon=True)
            self._thread.start()

    def wait_once(self) -> None:
        """One short wait."""
        due = time.monotonic() + STEP
        self._never.wait(STEP)
        now = time.monotonic()
        if now - due > NOISE:
            self._late.append((now, now - due))

    def worst(self, since: float) -> float:
        """Real seconds by which a wait was late at worst since this moment of the monotonic clock; 0 when none was."""
        return max((late for at, late in list(self._late) if at >= since), default=0.0)

    def _run(self) -> None:
        while True:
            self.wait_once()


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment: of the monotonic clock, and how long each process had stood in the queue by then."""

    at: float
    queued: Mapping[int, float]


class Strain:
    """What the machine takes from one case; this one takes nothing."""

    slowness = 1.0

    def mark(self) -> Mark:
        """From now on."""
        return Mark(time.monotonic(), {})

    def lost(self, since: Mark) -> float:
        """Real seconds for which server and bot were ready to run and did not."""
        del since
        return 0.0

    def lost_by_bot(self, since: Mark) -> float:
        """Real seconds for which the bot alone was ready to run and did not."""
        del since
        return 0.0

    def worst(self, since: Mark) -> float:
        """Real seconds by which a stamp of the journal may be wrong."""
        del since
        return 0.0


class MeasuredStrain(Strain):
    """The strain as it is, on the emulator's process and the adapter's."""

    def __init__(self, calibration: Calibration, meter: LatenessMeter, server: int, adapter: Adapter) -> None:
        self.slowness = calibration.slowness
        self._calibration = calibration
        self._meter = meter
        self._server = server
        self._adapter = adapter

    def mark(self) -> Mark:
        """From now on."""
        return Mark(time.monotonic(), self._queued())

    def lost(self, since: Mark) -> float:
        """The queue's time of all these processes together, as one waits for the other."""
        return sum(self._lost(since).values())

    def lost_by_bot(self, since: Mark) -> float:
        """As `lost`, without the server: while a bot waits for its own timer, the server's queue takes nothing."""
        return sum(seconds for pid, seconds in self._lost(since).items() if pid != self._server)

    def worst(self, since: Mark) -> float:
        """The worst lateness since then, and no less than before the run."""
        return max(self._meter.worst(since.at), self._calibration.lateness)

    def _lost(self, since: Mark) -> dict[int, float]:
        return {pid: seconds - since.queued.get(pid, 0.0) for pid, seconds in self._queued().items()}

    def _queued(self) -> dict[int, float]:
        bot = self._adapter.pid
        pids = [self._server, *(with_children(bot) if bot is not None else ())]
        return {pid: queue_time(pid) for pid in pids}


@dataclass(frozen=True, slots=True)
class Machine:
    """This machine, for one process of the suite."""

    calibration: Calibration
    meter: LatenessMeter

    @classmethod
    def measured_as(cls, calibration: Calibration) -> Machine:
        """A machine that was calibrated in another process; from now on it is watched from this one."""
        meter = LatenessMeter()
        meter.start()
        return cls(calibration, meter)

    def strain(self, server: int, adapter: Adapter) -> Strain:
        """What it takes from one case: of the server's process, and of the adapter's with all that it starts."""
        return MeasuredStrain(self.calibration, self.meter, server, adapter)


def queue_time(pid: int) -> float:
    """Seconds for which a process's first thread was ready to run and had no core; 0 where the system is silent."""
    fields = _text(Path(f"/proc/{pid}/schedstat")).split()
    return int(fields[1]) / 1e9 if len(fields) > 1 else 0.0


def with_children(pid: int) -> Iterable[int]:
    """The process, and those that it and they have started."""
    yield pid
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _text(thread).split():
            yield from with_children(int(child))


def _text(path: Path) -> str:
    """What a file of /proc holds; nothing when its process is gone, or the system has no such file."""
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""


def to_option(calibration: Calibration) -> list[Any]:
    """As pytest-xdist can hand it on."""
    return [calibration.start, calibration.lateness]


def from_option(value: list[Any]) -> Calibration:
    """The other way."""
    return Calibration(*value)
