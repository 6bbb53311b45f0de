"""Fails send/passive: the answer does not say what it answers (HKUDS/nanobot#1307)."""

from sinning import Message, sin


class ProactiveMessage(Message):
    async def reply(self, text):
        body = {"content": text, "msg_type": 0}
        return await self._api.send(self.incoming.operation, self.incoming.path, body)


if __name__ == "__main__":
    sin(message=ProactiveMessage)
