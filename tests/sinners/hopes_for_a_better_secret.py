"""Fails startup/token-rejected: asks again after seconds, as if 100016 would pass (zhinjs/qq-official-bot#88)."""

from sinning import sin

import reference_client.tokens
from reference_client.startup import StartLadder, Trouble


class HopefulLadder(StartLadder):
    def after(self, trouble):
        return 5.0 if trouble is Trouble.REJECTED else super().after(trouble)


reference_client.tokens.StartLadder = HopefulLadder

if __name__ == "__main__":
    sin()
