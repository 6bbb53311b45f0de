"""Fails reconnect/op7-one-connection: a second timer replaces the new connection (openclaw/openclaw#78890)."""

from sinning import Gateway, sin


class TwiceGateway(Gateway):
    _again = False

    def _on_reconnect(self, frame, now):
        self._again = True
        return super()._on_reconnect(frame, now)

    def _online(self, now, report):
        outputs = super()._online(now, report)
        if not self._again:
            return outputs
        self._again = False
        return [*outputs, *self._leave(now, "the close of the old connection came, too")]


if __name__ == "__main__":
    sin(gateway=TwiceGateway)
