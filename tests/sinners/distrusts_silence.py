"""Fails heartbeat/quiet-is-healthy: minutes without a message mean death (BytePioneer-AI/openclaw-china#121)."""

from sinning import Gateway, sin

from reference_client.phases import Phase

PATIENCE = 200.0
"""Seconds without a dispatch."""


class RestlessGateway(Gateway):
    stale_at = float("inf")

    def _on_dispatch(self, frame, now):
        self.stale_at = now + PATIENCE
        return super()._on_dispatch(frame, now)

    def next_deadline(self):
        usual = super().next_deadline()
        return self.stale_at if usual is None else min(usual, self.stale_at)

    def tick(self, now):
        if now < self.stale_at:
            return super().tick(now)
        self.stale_at = float("inf")
        return self._leave(now, "nobody speaks") if self.phase is Phase.READY else super().tick(now)


if __name__ == "__main__":
    sin(gateway=RestlessGateway)
