"""Fails startup/online: every message is answered two times (each answer with a number of its own)."""

from sinning import Message, sin


class TwiceMessage(Message):
    async def reply(self, text):
        await super().reply(text)
        return await super().reply(text)


if __name__ == "__main__":
    sin(message=TwiceMessage)
