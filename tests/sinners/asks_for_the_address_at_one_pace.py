"""Fails startup/gateway-5xx: every five seconds, however often it was refused (AstrBotDevs/AstrBot#9063)."""

from sinning import sin

from reference_client.startup import StartLadder, Trouble


class FlatLadder(StartLadder):
    def after(self, trouble):
        return 5.0 if trouble is Trouble.TRANSIENT else super().after(trouble)


if __name__ == "__main__":
    sin(StartLadder=FlatLadder)
