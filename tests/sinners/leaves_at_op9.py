"""Fails identify/reads-close-code: is gone at op 9, and never learns the reason (bubbuild/bub-contrib#61)."""

from sinning import Gateway, sin

from reference_client.outputs import AbortConnection


class HastyGateway(Gateway):
    def _on_invalid_session(self, frame, now):
        noted = super()._on_invalid_session(frame, now)
        return [*noted, AbortConnection(self.connection), *self._ended(None, "op 9", now)]


if __name__ == "__main__":
    sin(gateway=HastyGateway)
