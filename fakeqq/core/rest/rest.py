"""What each modelled REST operation does in a world.

Requests that got here are authenticated and carry a JSON object, if anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.groups import rest_groups
from fakeqq.core.guild import guild_api
from fakeqq.core.media.rest_media import MEDIA_HANDLERS
from fakeqq.core.sending.rest_messages import MESSAGE_HANDLERS
from fakeqq.wire.hosts import WEBSOCKET_PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.clock import Instant
    from fakeqq.core.rest.calls import Call, Handler
    from fakeqq.core.world import World


def gateway(_world: World, call: Call, _now: Instant) -> dict[str, Any]:
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
