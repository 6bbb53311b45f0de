"""Fails dispatch/channel: takes the guild for the channel."""

import dataclasses

from sinning import Message, sin


class GuildMessage(Message):
    def __init__(self, incoming, api):
        if incoming.scene == "channel":
            incoming = dataclasses.replace(incoming, path=f"/channels/{incoming.raw['guild_id']}/messages")
        super().__init__(incoming, api)


if __name__ == "__main__":
    sin(message=GuildMessage)
