"""Fails heartbeat/last-seq: takes `s` of ACKs for that of a dispatch, 0 and null too (agentscope-ai/QwenPaw)."""

from sinning import Gateway, sin


class CountingGateway(Gateway):
    def _on_heartbeat_ack(self, frame, now):
        if "s" in frame:
            self._progress.highest = frame["s"]
        return super()._on_heartbeat_ack(frame, now)


if __name__ == "__main__":
    sin(gateway=CountingGateway)
