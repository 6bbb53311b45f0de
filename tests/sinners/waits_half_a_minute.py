"""Warns startup/gateway-rate-limited: waits 40 seconds where 60 would be polite."""

from sinning import sin

from reference_client.startup import StartLadder, Trouble


class BriskLadder(StartLadder):
    def after(self, trouble):
        usual = super().after(trouble)
        return 40.0 if trouble is Trouble.RATE_LIMITED else usual


if __name__ == "__main__":
    sin(StartLadder=BriskLadder)
