"""Fails token/stampede: whoever finds the token dead fetches another, all at once (zhinjs/qq-official-bot#98)."""

import asyncio

from sinning import sin

from reference_client.http.api import Api

PATIENCE = 0.5


class CrowdedApi(Api):
    async def token(self):
        while True:
            now = self._clock()
            if self._tokens.wants_call(now):
                await self._fetch_token()
            token = self._tokens.usable(self._clock())
            if token is not None:
                return token
            await asyncio.sleep(PATIENCE)


if __name__ == "__main__":
    sin(Api=CrowdedApi)
