"""Fails webhook/answers: replies to events that came by webhook do not say what they answer."""

from sinning import Message, sin


class ForgetfulMessage(Message):
    async def reply(self, text):
        body = {"content": text, "msg_type": 0}
        return await self._api.send(self.incoming.operation, self.incoming.path, body)


if __name__ == "__main__":
    sin(message=ForgetfulMessage)
