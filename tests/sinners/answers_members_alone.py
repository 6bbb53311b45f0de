"""Fails dispatch/group: what is said in a group is answered to the member, as in C2C (liliMozi/openhanako#656)."""

import dataclasses

from sinning import Message, sin


class WhisperingMessage(Message):
    def __init__(self, incoming, api):
        if incoming.scene == "group" and not incoming.raw.get("mentions"):
            incoming = dataclasses.replace(incoming, path=f"/v2/users/{incoming.author}/messages")
        super().__init__(incoming, api)


if __name__ == "__main__":
    sin(message=WhisperingMessage)
