"""Fails send/msg-id-expired: sends the expired `msg_id` again (AstrBotDevs/AstrBot#9615)."""

from sinning import sin

import reference_client.sender
from reference_client.sender import REMEDIES, Remedy

reference_client.sender.REMEDIES = {
    code: Remedy.AGAIN if remedy is Remedy.WITHOUT_ANCHOR else remedy for code, remedy in REMEDIES.items()
}

if __name__ == "__main__":
    sin()
