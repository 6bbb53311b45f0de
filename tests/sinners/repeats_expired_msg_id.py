"""Fails send/msg-id-expired: sends the expired `msg_id` again (AstrBotDevs/AstrBot#9615)."""

from sinning import sin

import reference_client.sender
from reference_client.sender import REMEDIES, Remedy

reference_client.sender.REMEDIES = {**REMEDIES, 40034005: Remedy.AGAIN, 40034031: Remedy.AGAIN}

if __name__ == "__main__":
    sin()
