"""Fails heartbeat/not-chained: each ACK orders the next heartbeat (tencent-connect/bot-node-sdk)."""

from sinning import Gateway, sin

import reference_client.gateway
from reference_client.heartbeat import Beat, Heartbeat

PATIENCE = 3
"""Intervals without an ACK after which the connection is given up."""


class ChainedHeartbeat(Heartbeat):
    def __init__(self, interval, now):
        super().__init__(interval, now)
        self.ordered = [now]
        self.heard = now

    def deadline(self):
        return min([*self.ordered, self.heard + PATIENCE * self.interval])

    def tick(self, now):
        if now >= self.heard + PATIENCE * self.interval:
            return Beat.DEAD
        due = [moment for moment in self.ordered if moment <= now]
        if not due:
            return Beat.WAIT
        self.ordered.remove(due[0])
        return Beat.SEND


class ChainingGateway(Gateway):
    def _on_heartbeat_ack(self, _frame, now):
        if self._heartbeat is not None:
            self._heartbeat.heard = now
            self._heartbeat.ordered.append(now + self._heartbeat.interval)
        return []


reference_client.gateway.Heartbeat = ChainedHeartbeat

if __name__ == "__main__":
    sin(gateway=ChainingGateway)
