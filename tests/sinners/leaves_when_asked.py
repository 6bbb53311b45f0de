"""Fails heartbeat/server-asks: a heartbeat of the platform's has no `s`, and that breaks the connection (botpy)."""

from sinning import Gateway, sin


class FragileGateway(Gateway):
    def _on_heartbeat(self, frame, now):
        if "s" not in frame:
            return self._leave(now, "a frame without s")
        return super()._on_heartbeat(frame, now)


if __name__ == "__main__":
    sin(gateway=FragileGateway)
