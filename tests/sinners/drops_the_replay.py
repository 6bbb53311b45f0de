"""Fails resume/missed-event: waits for RESUMED, and ignores the events that come before it."""

from sinning import Gateway, sin

from reference_client.phases import Phase


class WaitingGateway(Gateway):
    def _on_dispatch(self, frame, now):
        # After the first connection; what a process begins with is another matter.
        waiting = self.connection > 1 and self.phase is Phase.AUTHENTICATING
        return [] if waiting and frame.get("t") not in {"READY", "RESUMED"} else super()._on_dispatch(frame, now)


if __name__ == "__main__":
    sin(gateway=WaitingGateway)
