"""A webhook delivery that breaks off: written by hand, so that TCP can end in the middle of it."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fakeqq.core.webhooks.webhook_answers import NoAnswer
from fakeqq.web import lines

if TYPE_CHECKING:
    from fakeqq.core.webhooks.mishaps import Mishap
    from fakeqq.core.webhooks.parcels import Delivery


async def break_off(delivery: Delivery, mishap: Mishap) -> NoAnswer:
    """Send what of the request shall leave, end TCP, and say what happened.

    Raises:
        OSError: the receiver cannot be reached.
    """
    parts = urlsplit(delivery.url)
    is_tls = parts.scheme == "https"
    context = ssl._create_unverified_context() if is_tls else None  # noqa: S323, SLF001 - as for whole deliveries
    loop = asyncio.get_running_loop()
    ended = loop.create_future()
    port = parts.port or (443 if is_tls else 80)
    transport, _ = await loop.create_connection(lambda: _Ending(ended), parts.hostname or "", port, ssl=context)
    try:
        transport.write(_request(delivery)[: mishap.cut])
        if mishap.reset:
            lines.reset(transport, loop)
        else:
            transport.close()
        await ended
    finally:
        transport.abort()
    return NoAnswer("broken off by a fault")


class _Ending(asyncio.Protocol):
    """Hears nothing but the end."""

    def __init__(self, ended: asyncio.Future[None]) -> None:
        self._ended = ended

    def connection_lost(self, _: Exception | None) -> None:
        if not self._ended.done():
            self._ended.set_result(None)


def _request(delivery: Delivery) -> bytes:
    """The request as aiohttp writes whole ones."""
    parts = urlsplit(delivery.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Host": parts.netloc.rpartition("@")[2],
        **delivery.headers,
        "Content-Length": str(len(delivery.body)),
        "Connection": "close",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {target} HTTP/1.1\r\n{head}\r\n".encode() + delivery.body
