"""Warns identify/fatal-codes: stops trying, stays there, and tells nobody why."""

from sinning import Gateway, sin

from reference_client.outputs import Stop


class MuteGateway(Gateway):
    def _ended(self, code, reason, now):
        outputs = super()._ended(code, reason, now)
        return [] if any(isinstance(output, Stop) for output in outputs) else outputs


if __name__ == "__main__":
    sin(gateway=MuteGateway)
