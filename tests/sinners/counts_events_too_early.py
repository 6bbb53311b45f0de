"""Fails resume/unfinished-work: `s` counts as soon as an event comes in, so a crash loses it (openclaw#109996)."""

from sinning import sin

import reference_client.gateway
from reference_client.progress import Progress


class HastyProgress(Progress):
    def begin(self, _seq):
        """What was received counts as done."""


reference_client.gateway.Progress = HastyProgress

if __name__ == "__main__":
    sin()
