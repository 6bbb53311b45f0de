"""Fails startup/token-transient: asks for a token again at once, and again (tencent-connect/openclaw-qqbot#18)."""

from sinning import sin

import reference_client.tokens
from reference_client.startup import StartLadder, Trouble


class NoLadder(StartLadder):
    def after(self, trouble):
        return 0.2 if trouble is Trouble.TRANSIENT else super().after(trouble)


reference_client.tokens.StartLadder = NoLadder

if __name__ == "__main__":
    sin()
