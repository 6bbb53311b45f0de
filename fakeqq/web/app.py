"""The front door: one ASGI application for WebSocket, REST and the control API, on one host and port."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from fakeqq.web.sockets import DOOR
from fakeqq.wire.hosts import WEBSOCKET_PATH

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fakeqq.core.platform import Platform
    from fakeqq.core.world import World
    from fakeqq.web.gateway import Gateway
    from fakeqq.web.rest import Rest

CONTROL_PREFIX = "/_fakeqq"
log = logging.getLogger("fakeqq")


class FrontDoor:
    """Sends each request to the part that answers it.

    Args:
        control: the control application, behind its guard.
    """

    def __init__(
        self, platform: Platform, gateway: Gateway, rest: Rest, control: Callable[..., Awaitable[None]]
    ) -> None:
        self._platform = platform
        self._gateway = gateway
        self._rest = rest
        self._control = control

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        try:
            if scope["type"] == "websocket":
                if scope["path"].rstrip("/") == WEBSOCKET_PATH:
                    await self._gateway.serve(scope, receive, send)
                else:
                    await self._rest.refuse_upgrade(scope, send, self._door(scope))
            elif scope["path"].startswith(CONTROL_PREFIX):
                await self._control(scope, receive, send)
            else:
                await self._rest.serve(scope, receive, send, self._door(scope))
        except Exception:
            log.exception("a fault of fakeqq's own while serving %s", scope["path"])
            raise

    def _door(self, scope: dict[str, Any]) -> World | None:
        """The world whose own door this is, or None at the common one."""
        return self._platform.known(scope["state"][DOOR] or "")
