"""Fails reconnect/backoff-grows: a connection that cannot be opened is tried again every three seconds, for ever."""

from sinning import sin

import reference_client.gateway
from reference_client.backoff import Backoff


class EvenBackoff(Backoff):
    def after_failure(self, now):
        was_online = self._online_since is not None
        usual = super().after_failure(now)
        return usual if was_online else 3.0


reference_client.gateway.Backoff = EvenBackoff

if __name__ == "__main__":
    sin()
