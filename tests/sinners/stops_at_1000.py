"""Fails reconnect/abnormal: close 1000 is taken for a goodbye, for ever."""

from sinning import Gateway, sin

from reference_client.phases import Phase

NORMAL = 1000


class PoliteGateway(Gateway):
    def _ended(self, code, reason, now):
        if code == NORMAL and self.phase is Phase.READY:
            self._enter(Phase.STOPPED)
            return []
        return super()._ended(code, reason, now)


if __name__ == "__main__":
    sin(gateway=PoliteGateway)
