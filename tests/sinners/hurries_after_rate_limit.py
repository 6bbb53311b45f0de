"""Fails startup/gateway-rate-limited: asks again after seconds (NousResearch/hermes-agent#18172)."""

from sinning import sin

from reference_client.startup import StartLadder, Trouble


class HastyLadder(StartLadder):
    def after(self, trouble):
        return super().after(Trouble.TRANSIENT if trouble is Trouble.RATE_LIMITED else trouble)


if __name__ == "__main__":
    sin(StartLadder=HastyLadder)
