"""Opens a WebSocket connection of the gateway, with what the library is told about it."""

import logging

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidURI

from reference_client.http.api import USER_AGENT

PING_INTERVAL = 50.0
"""Seconds between WebSocket pings. The platform needs none, but some middleboxes drop a link within 60 to 90
seconds although heartbeats flow, and pings made that stop (NousResearch/hermes-agent#20531). Pongs are not
waited for: the heartbeat's ACK is the sign of life."""

LARGEST_FRAME = 16 * 2**20
"""Bytes of one frame; a larger one would be replayed for ever, so this is far above anything the platform
sends."""


async def dial(url: str) -> ClientConnection:
    """Open a connection to `url`; whoever calls bounds the time.

    Raises:
        OSError, WebSocketException: it could not be opened.
    """
    library_log = logging.getLogger("reference_client.websockets")
    library_log.setLevel(logging.INFO)  # below that it writes every frame, and IDENTIFY holds the token
    try:
        return await connect(
            url,
            logger=library_log,
            user_agent_header=USER_AGENT,
            compression=None,
            proxy=None,
            open_timeout=None,
            ping_interval=PING_INTERVAL,
            ping_timeout=None,
            max_size=LARGEST_FRAME,
        )
    except ValueError as error:  # of the resolver, for host names that are none
        raise InvalidURI(url, str(error)) from error
