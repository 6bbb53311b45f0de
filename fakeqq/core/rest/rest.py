"""What each modelled REST operation does in a world.

Requests that got here are authenticated and carry a JSON object, if anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.groups import rest_groups
from fakeqq.core.guild import guild_api
from fakeqq.core.media.rest_media import MEDIA_HANDLERS
from fakeqq.core.sending.rest_messages import MESSAGE_HANDLERS
from fakeqq.wire import limits
from fakeqq.wire.hosts import WEBSOCKET_PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.clock import Instant
    from fakeqq.core.rest.calls import Call, Handler
    from fakeqq.core.world import World

_MINUTE_SECONDS = 60.0


def gateway(world: World, call: Call, now: Instant) -> dict[str, Any]:
    _spend_gateway_call(world, now)
    return {"url": call.origin + WEBSOCKET_PATH}


def gateway_bot(world: World, call: Call, now: Instant) -> dict[str, Any]:
    return {
        **gateway(world, call, now),
        "shards": world.settings.shards,
        "session_start_limit": world.session_start_limit(now),
    }


def me(world: World, _call: Call, _now: Instant) -> dict[str, Any]:
    """The bot itself; `id` is a numeric string, on which botpy calls `int()`."""
    return {
        "id": world.bot_id,
        "username": world.settings.username,
        "avatar": "",
        "union_openid": "",
        "union_user_account": "",
    }


HANDLERS: Mapping[str, Handler] = {
    "GET /gateway": gateway,
    "GET /gateway/bot": gateway_bot,
    "GET /users/@me": me,
    **MESSAGE_HANDLERS,
    **MEDIA_HANDLERS,
    **guild_api.HANDLERS,
    **{route.operation: route.handler for route in rest_groups.ROUTES},
}


def _spend_gateway_call(world: World, now: Instant) -> None:
    """`/gateway` and `/gateway/bot` share one budget per minute; a refused call spends nothing. Our choice."""
    budget = world.settings.switch("gateway_budget")
    if budget == "off":
        return
    calls = world.budgets.gateway_calls
    allowed = limits.GATEWAY_CALLS_BURST.value if budget == "real" else limits.GATEWAY_CALLS_PER_MINUTE.value
    if calls.count(now.world, _MINUTE_SECONDS) >= allowed:
        raise PlatformError("gateway_rate_limited")
    calls.note(now.world)
