"""Fails identify/invalid-session: every refusal is followed by the same pause (satorijs/satori#363)."""

from sinning import Gateway, sin

from reference_client.backoff import Backoff


class SteadyBackoff(Backoff):
    def after_failure(self, _now):
        return 7.0


class SteadyGateway(Gateway):
    def __init__(self, **rest):
        super().__init__(**rest)
        self._backoff = SteadyBackoff(rest["random"])


if __name__ == "__main__":
    sin(gateway=SteadyGateway)
