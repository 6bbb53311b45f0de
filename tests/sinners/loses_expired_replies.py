"""Fails send/msg-id-expired: a refused reply is logged and forgotten (NousResearch/hermes-agent#43594)."""

from sinning import sin

import reference_client.sender
from reference_client.sender import REMEDIES, Remedy

reference_client.sender.REMEDIES = {
    code: Remedy.GIVE_UP if remedy is Remedy.WITHOUT_ANCHOR else remedy for code, remedy in REMEDIES.items()
}

if __name__ == "__main__":
    sin()
