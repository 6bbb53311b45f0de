"""What every word stands on: one world, one bot, its journal, and the moment since when things count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness.journal import Journal
from conformance.harness.watch import Watch

if TYPE_CHECKING:
    from conformance.harness.adapter import Adapter
    from conformance.harness.calibration import Strain
    from conformance.harness.journal import Entry
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
        self._watch = Watch(control, adapter, speed, strain)
        self._moment = 0

    def prefer(self, holds: bool, expected: str, observed: object) -> None:
        """What the row recommends: when it does not hold, the check ends as a warning."""
        if not holds:
            self.remarks.append(f"{expected}; observed: {observed}")

    @property
    def entries(self) -> list[Entry]:
        """The whole journal, up to date."""
        return self._journal.read()

    def _begin(self) -> None:
        """A hostile act begins: what the bot did before does not count as its reaction."""
        self._moment = self._journal_end()

    def _journal_end(self) -> int:
        self._journal.read()
        return self._journal.last
