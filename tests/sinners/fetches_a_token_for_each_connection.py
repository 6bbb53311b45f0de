"""Fails token/cached: every reconnect begins with another token call (zhinjs/qq-official-bot#98)."""

from sinning import sin

import reference_client.bot
from reference_client.client import Client


class ThoroughClient(Client):
    async def _prepare(self, gateway, refused_token):
        self.api.token_refused(await self.api.token())
        await super()._prepare(gateway, refused_token)


reference_client.bot.Client = ThoroughClient

if __name__ == "__main__":
    sin()
