"""Fails send/msg-id-expired: a refused reply is logged and forgotten (NousResearch/hermes-agent#43594)."""

from sinning import sin

import reference_client.sender
from reference_client.sender import REMEDIES, Remedy

reference_client.sender.REMEDIES = {**REMEDIES, 40034005: Remedy.GIVE_UP, 40034031: Remedy.GIVE_UP}

if __name__ == "__main__":
    sin()
