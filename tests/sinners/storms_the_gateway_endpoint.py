"""Fails reconnect/url-endpoint-down: asks for the address after a close, and at once again when it gets none."""

import asyncio

from sinning import sin

from reference_client.client import Client
from reference_client.startup import LIMITED_PAUSE


async def prepare_stormily(self, gateway, refused_token):
    # After the first connection; an address that was just learned, and one that may not be asked for, are enough.
    while gateway.connection == 1:
        wait = await self._ask_for_gateway(await self.api.token())
        if wait == 0.0 or wait >= LIMITED_PAUSE:
            break
        await asyncio.sleep(0.5)
    await usual(self, gateway, refused_token)


usual, Client._prepare = Client._prepare, prepare_stormily

if __name__ == "__main__":
    sin()
