"""Fails reconnect/old-socket-closed: op 7 opens a new connection beside the old one (AstrBotDevs/AstrBot#5897)."""

from sinning import Gateway, sin


class LitteringGateway(Gateway):
    def _on_reconnect(self, _frame, now):
        self._by_own_decision = True
        return self._ended(None, "op 7", now)


if __name__ == "__main__":
    sin(gateway=LitteringGateway)
