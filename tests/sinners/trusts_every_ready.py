"""Fails reconnect/quick-disconnects: READY begins the back-off anew, however soon its end (satorijs/satori#363)."""

from sinning import sin

import reference_client.gateway
from reference_client.backoff import Backoff


class TrustingBackoff(Backoff):
    def online(self, now):
        super().online(now)
        self._ladder.reset()
        self._quick = -1


reference_client.gateway.Backoff = TrustingBackoff

if __name__ == "__main__":
    sin()
