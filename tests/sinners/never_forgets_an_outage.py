"""Fails reconnect/backoff-resets: the ladder is climbed and never left (agentscope-ai/QwenPaw#2796)."""

from sinning import sin

import reference_client.gateway
from reference_client.backoff import Backoff, Ladder


class EndlessLadder(Ladder):
    def reset(self):
        """Stay where it is."""


class GrudgingBackoff(Backoff):
    def __init__(self, random):
        super().__init__(random)
        self._ladder = EndlessLadder(self._ladder._steps, random)


reference_client.gateway.Backoff = GrudgingBackoff

if __name__ == "__main__":
    sin()
