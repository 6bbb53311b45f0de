"""Fails reconnect/op7-many: attempts are counted for ever (agentscope-ai/QwenPaw#2796)."""

from sinning import Gateway, sin

ATTEMPTS = 120


class CountingGateway(Gateway):
    _attempts = 0

    def _rest(self, now, seconds):
        self._attempts += 1
        return super()._rest(now, seconds if self._attempts <= ATTEMPTS else float("inf"))


if __name__ == "__main__":
    sin(gateway=CountingGateway)
