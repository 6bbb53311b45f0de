"""Warns startup/token-rejected: ends with status 0 and without a word of the reason."""

import sys

from sinning import sin

import reference_client.tokens
from reference_client.startup import StartLadder, Trouble


class QuietLadder(StartLadder):
    def after(self, trouble):
        if trouble is Trouble.REJECTED:
            sys.exit(0)
        return super().after(trouble)


reference_client.tokens.StartLadder = QuietLadder

if __name__ == "__main__":
    sin()
