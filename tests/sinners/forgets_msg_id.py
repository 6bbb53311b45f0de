"""Fails send/passive: the answer does not say what it answers (HKUDS/nanobot#1307)."""

from sinning import Message, sin

from reference_client.answers import ApiError


class ProactiveMessage(Message):
    """Without `msg_id` there is no `msg_seq`, and what has none is not sent again by itself."""

    async def reply(self, text):
        body = {"content": text, "msg_type": 0}
        try:
            return await self._api.send(self.incoming.operation, self.incoming.path, body)
        except ApiError as error:
            if 0 < error.status < 500:
                raise
        return await self._api.send(self.incoming.operation, self.incoming.path, body)


if __name__ == "__main__":
    sin(message=ProactiveMessage)
