"""Whose request this is: the world it belongs to, and whether its token lives there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.gateway import admission
from fakeqq.wire.hosts import TOKEN_PATH

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.platform import Platform
    from fakeqq.core.rest.exchange import Request
    from fakeqq.core.world import World

TOKEN_OPERATION = f"POST {TOKEN_PATH}"
# What the console hands out has nine digits.
_APP_ID = re.compile(r"[0-9]{1,20}")


def world_of(platform: Platform, request: Request, operation: str | None, body: Any, real: float) -> World | None:
    """Whose request this is: of the world whose own door was used, unless it names a neighbour.

    At the common door the app id tells it, the token, `X-Union-Appid`, or being the only one.
    """
    if request.door is not None:
        return _neighbour(platform, request, operation, body) or request.door
    if operation == TOKEN_OPERATION and isinstance(body, dict) and isinstance(body.get("appId"), str):
        secret = body.get("clientSecret")
        named = platform.known(body["appId"])
        if named is None and isinstance(secret, str) and _APP_ID.fullmatch(body["appId"]):
            named = platform.first_sight(body["appId"], secret, real)
        return named or platform.sole_world()
    _, _, token = request.headers.get("authorization", "").partition(" ")
    owner = platform.world_of_token(token) or platform.known(request.headers.get("x-union-appid", ""))
    return owner or platform.sole_world()


def authenticate(platform: Platform, authorization: str, client: str, world: World | None, now: Instant) -> World:
    """The world whose live token this is; a token of another world than the request's is none.

    Raises:
        PlatformError: there is no token, it is none that lives, or its bot may not call from this address.
    """
    scheme, _, token = authorization.partition(" ")
    if not authorization:
        raise PlatformError("token_missing")
    if scheme == "Bot":
        raise PlatformError("fixed_token_disabled")
    owner = platform.world_of_token(token)
    if scheme != "QQBot" or owner is None or owner is not world or not owner.tokens.is_valid(token, now.world):
        raise PlatformError("token_invalid")
    if not admission.may_call_from(owner, client):
        raise PlatformError("ip_not_allowed")
    return owner


def _neighbour(platform: Platform, request: Request, operation: str | None, body: Any) -> World | None:
    """The other bot behind the same door that this request names by its app id or its token."""
    if request.door is None or not request.door.neighbours:
        return None
    if operation == TOKEN_OPERATION:
        app_id = body.get("appId") if isinstance(body, dict) else None
        named = platform.known(app_id) if isinstance(app_id, str) else None
    else:
        named = platform.world_of_token(request.headers.get("authorization", "").partition(" ")[2])
    return named if named is not None and named.app_id in request.door.neighbours else None
