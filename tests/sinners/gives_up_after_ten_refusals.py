"""Fails reconnect/long-outage: ten failed connections in a row are the end (riba2534/happyclaw#538)."""

from sinning import sin

import reference_client.gateway
from reference_client.backoff import Backoff

TRIES = 10


class FiniteBackoff(Backoff):
    _failures = 0

    def online(self, now):
        super().online(now)
        self._failures = 0

    def after_failure(self, now):
        self._failures += 1
        return super().after_failure(now) if self._failures <= TRIES else float("inf")


reference_client.gateway.Backoff = FiniteBackoff

if __name__ == "__main__":
    sin()
