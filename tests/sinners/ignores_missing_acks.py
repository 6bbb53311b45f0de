"""Fails heartbeat/ack-missing: beats into the void for ever (tencent-connect/openclaw-qqbot#301)."""

from sinning import Gateway, sin


class TrustingGateway(Gateway):
    def tick(self, now):
        if self._heartbeat is not None:
            self._heartbeat.acknowledged()
        return super().tick(now)


if __name__ == "__main__":
    sin(gateway=TrustingGateway)
