"""Fails send/msg-seq-taken: 40054005 is logged, and the reply is lost (HKUDS/nanobot#1394)."""

from sinning import sin

import reference_client.sender
from reference_client.sender import REMEDIES, Remedy

reference_client.sender.REMEDIES = {**REMEDIES, 40054005: Remedy.GIVE_UP}

if __name__ == "__main__":
    sin()
