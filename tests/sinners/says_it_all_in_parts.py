"""Fails send/budget: one message for each part, until the platform takes no more (openclaw/openclaw#104634)."""

from sinning import Message, sin


class PiecemealMessage(Message):
    async def reply_all(self, texts):
        for text in texts:
            await self.reply(text)


if __name__ == "__main__":
    sin(message=PiecemealMessage)
