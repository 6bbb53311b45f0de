"""Fails send/markdown-refused: without the permission for Markdown the bot is mute (gsuid_core#263)."""

from sinning import sin

import reference_client.sender
from reference_client.sender import REMEDIES, Remedy

reference_client.sender.REMEDIES = {**REMEDIES, 40034012: Remedy.GIVE_UP}

if __name__ == "__main__":
    sin()
