"""The control application behind a door that opens at once: it takes longer to load than everything else together.

It is loaded in a thread as soon as the server listens; a request that comes earlier waits for it. Health is answered
before that: bots, and whoever waits for the server, need no control API.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fakeqq.web.control.guard import refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Application = Callable[..., Awaitable[None]]

PREFIX = "/_fakeqq"
_HEALTH = f"{PREFIX}/health"
_HEALTHY = b'{"status":"ok"}'


class ControlLoader:
    """An ASGI application that becomes another one.

    Args:
        load: imports and builds the control application; called once, in a thread.
        own_host: the address the server listens on.
        token: the control token demanded, or None.
    """

    def __init__(self, load: Callable[[], Application], own_host: str, token: str | None) -> None:
        self._load = load
        self._own_host = own_host
        self._token = token
        self._loading: asyncio.Task[Application] | None = None

    def start(self) -> None:
        """Begin to load."""
        if self._loading is None:
            self._loading = asyncio.create_task(asyncio.to_thread(self._load))

    async def close(self) -> None:
        """Leave no thread behind."""
        if self._loading is not None:
            await asyncio.gather(self._loading, return_exceptions=True)

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        self.start()
        assert self._loading is not None
        if not self._loading.done() and scope["path"] == _HEALTH and scope["method"] == "GET":
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            if refusal(headers, self._own_host, self._token) is None:
                length = str(len(_HEALTHY)).encode()
                described = [(b"content-type", b"application/json"), (b"content-length", length)]
                await send({"type": "http.response.start", "status": 200, "headers": described})
                await send({"type": "http.response.body", "body": _HEALTHY})
                return
        application = await asyncio.shield(self._loading)
        await application(scope, receive, send)
