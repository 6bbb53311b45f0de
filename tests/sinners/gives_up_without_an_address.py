"""Fails reconnect/url-endpoint-down: asks for the address after a close, and ends when it is refused.

https://github.com/NousResearch/hermes-agent/pull/18172
"""

from sinning import sin

from reference_client.answers import Answer
from reference_client.client import Client
from reference_client.startup import read_gateway


async def prepare_once(self, gateway, refused_token):
    # After the first connection alone: how often it asks is another check's matter.
    if gateway.connection == 1:
        outcome = await self.api.gateway(await self.api.token())
        if isinstance(outcome, Answer) and isinstance(read_gateway(outcome), str):
            self.stop()
            return
    await usual(self, gateway, refused_token)


usual, Client._prepare = Client._prepare, prepare_once

if __name__ == "__main__":
    sin()
