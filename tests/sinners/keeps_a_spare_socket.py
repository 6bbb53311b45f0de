"""Fails startup/online: a second socket is opened beside each connection, and never logs in."""

from sinning import sin

from reference_client.sockets import dial

SPARES = []


async def dial_twice(url):
    SPARES.append(await dial(url))
    return await dial(url)


if __name__ == "__main__":
    sin(dial=dial_twice)
