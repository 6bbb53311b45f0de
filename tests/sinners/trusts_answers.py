"""Fails send/odd-answers: reads the `id` of every answer, and ends with the first one that has none."""

import os

from sinning import Message, sin


class TrustingMessage(Message):
    async def reply(self, text):
        answer = await super().reply(text)
        if answer.succeeded and (not isinstance(answer.body, dict) or "id" not in answer.body):
            os._exit(1)
        return answer


if __name__ == "__main__":
    sin(message=TrustingMessage)
