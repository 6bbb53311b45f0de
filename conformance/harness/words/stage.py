"""What every word stands on: one world, one bot, its journal, and the moment since when things count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness.calibration import Strain
from conformance.harness.journal import Journal, Login
from conformance.harness.judging import require_pace
from conformance.harness.watch import Watch
from conformance.verdict import Inconclusive

if TYPE_CHECKING:
    from conformance.harness.adapter import Adapter
    from conformance.harness.journal import Entry
    from conformance.harness.pace import Span
    from fakeqq.launch.control import WorldControl


class Stage:
    """One bot's platform, and the bot.

    Attributes:
        speed: how many times faster than the real clock the bot's and the world's run.
        remarks: recommendations that were not followed, so far.
        started_at: the world's clock when the bot was started.
    """

    def __init__(self, control: WorldControl, adapter: Adapter, speed: float, strain: Strain | None = None) -> None:
        self.speed = speed
        self.remarks: list[str] = []
        self.started_at: float | None = None
        self._control = control
        self._adapter = adapter
        self._journal = Journal(control)
        self._strain = strain or Strain()
        self._watch = Watch(control, adapter, speed, self._strain)
        self._moment = 0
        self._mark = self._strain.mark()

    def prefer(self, holds: bool, expected: str, observed: object) -> None:
        """What the row recommends: when it does not hold, the check ends as a warning."""
        if not holds:
            self.remarks.append(f"{expected}; observed: {observed}")

    def now(self) -> float:
        """Seconds of the adapter's clock."""
        return float(self._control.clock()["now"])

    def took_at_most(self, within: Span, *, since: float, until: Entry | Login) -> None:
        """What came was not late: the same limit at every speed, whatever the wait for it had allowed.

        Args:
            within: how long it may take; the machine's share counts as it does at speed 1.
            since: when it could begin, in seconds of the adapter's clock.
            until: what came.

        Raises:
            Unmet: it was late.
            Inconclusive: since the last hostile act the bot stood in the queue for a core for as long as it was late.
        """
        came, decisive = (until.at, until.id) if isinstance(until, Login) else (until["at"], until["id"])
        late = came - since - within.adapter(1.0)
        if late <= 0:
            return
        queued = self._strain.lost_by_bot(self._mark) * self.speed
        expected, observed = f"within {within.seconds:.0f} s", f"it came after {came - since:.0f} s"
        if late <= queued:
            raise Inconclusive(f"{observed}, in which the bot waited {queued:.0f} s for a core", expected=expected)
        require_pace(False, expected, observed, off_by=late - queued, decisive=decisive)

    @property
    def entries(self) -> list[Entry]:
        """The whole journal, up to date."""
        return self._journal.read()

    def _begin(self) -> None:
        """A hostile act begins: what the bot did before does not count as its reaction."""
        self._moment = self._journal_end()
        self._mark = self._strain.mark()

    def _journal_end(self) -> int:
        self._journal.read()
        return self._journal.last
