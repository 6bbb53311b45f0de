"""Fails identify/invalid-session: a refused IDENTIFY is repeated at once, on the same connection."""

from sinning import Gateway, sin

from fakeqq.wire import frames
from reference_client.outputs import SendFrame


class ImpatientGateway(Gateway):
    def _on_invalid_session(self, _frame, _now):
        self._forget_session("op 9")
        text = frames.identify(f"QQBot {self._token}", self._intents, self.shard, {})
        return [SendFrame(self.connection, text)]


if __name__ == "__main__":
    sin(gateway=ImpatientGateway)
