"""Fails token/revoked-on-send: 401 is an error like any other, and the message is lost (QwenLM/qwen-code#5202)."""

from sinning import sin

import reference_client.sender
from reference_client.sender import Remedy, remedy_for

UNAUTHORIZED = 401


def remedy_without_401(answer):
    return Remedy.GIVE_UP if answer.status == UNAUTHORIZED else remedy_for(answer)


reference_client.sender.remedy_for = remedy_without_401

if __name__ == "__main__":
    sin()
