"""Fails dispatch/dm: answers direct messages as if their `channel_id` were a channel's."""

import dataclasses

from sinning import Message, sin


class ChannelMessage(Message):
    def __init__(self, incoming, api):
        if incoming.scene == "direct":
            incoming = dataclasses.replace(incoming, path=f"/channels/{incoming.raw['channel_id']}/messages")
        super().__init__(incoming, api)


if __name__ == "__main__":
    sin(message=ChannelMessage)
