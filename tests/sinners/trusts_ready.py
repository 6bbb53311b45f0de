"""Fails identify/budget: READY ends every trouble, so that each pause after it is the first one again."""

from sinning import Gateway, sin

from reference_client.backoff import Backoff


class TrustingBackoff(Backoff):
    def online(self, _now):
        self._ladder.reset()


class TrustingGateway(Gateway):
    def __init__(self, **rest):
        super().__init__(**rest)
        self._backoff = TrustingBackoff(rest["random"])


if __name__ == "__main__":
    sin(gateway=TrustingGateway)
