"""Fails send/msg-id-invalid-media: a picture with a stale `msg_id` is not sent again."""

from sinning import sin

import reference_client.sender
from reference_client.sender import REMEDIES, Remedy

reference_client.sender.REMEDIES = {**REMEDIES, 40034024: Remedy.GIVE_UP}

if __name__ == "__main__":
    sin()
