"""Fails heartbeat/ack-missing: leaves the dead link, and throws the living session away with it."""

from sinning import Gateway, sin


class WastefulGateway(Gateway):
    def _leave(self, now, why):
        if "heartbeat" in why:
            self.session_id = None
        return super()._leave(now, why)


if __name__ == "__main__":
    sin(gateway=WastefulGateway)
