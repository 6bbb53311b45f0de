"""Fails dispatch/slow-handler: no heartbeat leaves while a handler is at work."""

from sinning import Gateway, sin

from reference_client.outputs import SendFrame


class BreathlessGateway(Gateway):
    def tick(self, now):
        outputs = super().tick(now)
        working = self._progress.resume_from() != self._progress.highest
        return [output for output in outputs if not (working and isinstance(output, SendFrame))]


if __name__ == "__main__":
    sin(gateway=BreathlessGateway)
