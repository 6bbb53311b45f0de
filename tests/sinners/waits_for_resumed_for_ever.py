"""Fails resume/silence: RESUME has no time-out (botpy's and nonebot-adapter-qq's gateway loops)."""

from sinning import Gateway, sin

from reference_client.phases import Phase


class PatientGateway(Gateway):
    def _enter(self, phase, now=None, *, until=None):
        super()._enter(phase, now, until=until)
        if phase is Phase.AUTHENTICATING and self._resuming:
            self._deadline = None


if __name__ == "__main__":
    sin(gateway=PatientGateway)
