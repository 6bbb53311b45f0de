"""Fails send/msg-id-expired: recognises 40034005, and not the second wording of the same refusal."""

from sinning import sin

import reference_client.sender
from reference_client.sender import REMEDIES

reference_client.sender.REMEDIES = {code: remedy for code, remedy in REMEDIES.items() if code != 40034031}

if __name__ == "__main__":
    sin()
