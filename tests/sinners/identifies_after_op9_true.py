"""Fails reconnect/op9-true: the flag in op 9 is not read."""

from sinning import Gateway, sin


class ShortSightedGateway(Gateway):
    def _on_invalid_session(self, frame, now):
        return super()._on_invalid_session({**frame, "d": False}, now)


if __name__ == "__main__":
    sin(gateway=ShortSightedGateway)
