"""Fails send/stale-pool: one retry, on the next connection of the pool, which is as dead as the first."""

from sinning import sin

import reference_client.sender
from reference_client.http.origin import Origin

STEADY = Origin.request


async def request(self, method, path, headers, body=None, **_fresh):
    return await STEADY(self, method, path, headers, body)


reference_client.sender.AGAIN_STEPS = (0.5,)
Origin.request = request

if __name__ == "__main__":
    sin()
