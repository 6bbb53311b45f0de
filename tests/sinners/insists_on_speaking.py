"""Fails send/proactive-refused: tries again and again, as if a missing permission were a passing trouble."""

from sinning import sin

import reference_client.sender
from reference_client.sender import REMEDIES, Remedy

reference_client.sender.REMEDIES = {**REMEDIES, 40034105: Remedy.AGAIN, 40034102: Remedy.AGAIN}

if __name__ == "__main__":
    sin()
