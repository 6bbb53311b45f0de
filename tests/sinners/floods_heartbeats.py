"""Fails heartbeat/follows-hello: takes the milliseconds of HELLO for much less than they are."""

from sinning import Gateway, sin


class FloodingGateway(Gateway):
    def _on_hello(self, frame, now):
        interval = frame["d"].get("heartbeat_interval", 0) / 10
        return super()._on_hello({**frame, "d": {"heartbeat_interval": interval}}, now)


if __name__ == "__main__":
    sin(gateway=FloodingGateway)
