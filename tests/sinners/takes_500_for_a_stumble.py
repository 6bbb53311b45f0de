"""Fails token/revoked-with-500: sends the same with the same token until it gives up (Kloping/qqpd-bot-java#39)."""

from sinning import sin

import reference_client.sender
from reference_client.sender import Remedy, remedy_for

FAILED = 500


def remedy_by_status(answer):
    return Remedy.AGAIN if answer.status == FAILED else remedy_for(answer)


reference_client.sender.remedy_for = remedy_by_status

if __name__ == "__main__":
    sin()
