"""Fails send/transient: a reply that met a 5xx is lost (AstrBotDevs/AstrBot#7257)."""

from sinning import sin

import reference_client.sender
from reference_client.sender import Remedy, remedy_for


def remedy(answer):
    found = remedy_for(answer)
    return Remedy.GIVE_UP if found is Remedy.AGAIN else found


reference_client.sender.remedy_for = remedy

if __name__ == "__main__":
    sin()
