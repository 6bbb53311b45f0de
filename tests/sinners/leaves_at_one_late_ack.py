"""Fails heartbeat/one-late-ack: one ACK that is not there in time is the end (zeroclaw-labs/zeroclaw#4744)."""

from sinning import sin

import reference_client.gateway
from reference_client.heartbeat import Beat, Heartbeat


class NervousHeartbeat(Heartbeat):
    def tick(self, now):
        return Beat.DEAD if now >= self._due and self._unanswered else super().tick(now)


reference_client.gateway.Heartbeat = NervousHeartbeat

if __name__ == "__main__":
    sin()
