"""Obeys op 7 seven seconds later than the suite has patience for."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "sinners"))

from sinning import Gateway, sin

from conformance.harness import pace

TOO_LATE = pace.LEAVES.adapter(1.0) + 7


class LateGateway(Gateway):
    leaves_at = float("inf")

    def _on_reconnect(self, _frame, now):
        self.leaves_at = now + TOO_LATE
        return []

    def next_deadline(self):
        usual = super().next_deadline()
        return self.leaves_at if usual is None else min(usual, self.leaves_at)

    def tick(self, now):
        if now < self.leaves_at:
            return super().tick(now)
        self.leaves_at = float("inf")
        return self._leave(now, "late")


if __name__ == "__main__":
    sin(gateway=LateGateway)
