"""Fails heartbeat/follows-hello: beats every 30 seconds, whatever HELLO says (botpy)."""

from sinning import Gateway, sin


class FixedGateway(Gateway):
    def _on_hello(self, frame, now):
        return super()._on_hello({**frame, "d": {"heartbeat_interval": 30_000}}, now)


if __name__ == "__main__":
    sin(gateway=FixedGateway)
