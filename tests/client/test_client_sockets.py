"""Dialling what is no address: an error of the network's kind, which the shell survives."""

import pytest
from websockets.exceptions import WebSocketException

from reference_client.sockets import dial


@pytest.mark.parametrize("url", ["wss://.x", f"wss://{'a' * 64}.com", "ws://127.0.0.1:1#part"])
async def test_an_address_that_is_none_is_an_address_that_fails(url):
    with pytest.raises((OSError, WebSocketException)):
        await dial(url)
