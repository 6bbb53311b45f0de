"""What each modelled REST operation does in a world.

Requests that got here are authenticated and carry a JSON object, if anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core import messages
from fakeqq.core.errors import PlatformError
from fakeqq.core.events import timestamp
from fakeqq.core.people import ChatMessage
from fakeqq.wire import limits
from fakeqq.wire.hosts import WEBSOCKET_PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.calls import Call, Handler
    from fakeqq.core.clock import Instant
    from fakeqq.core.people import Scene
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


def send_c2c(world: World, call: Call, now: Instant) -> dict[str, Any]:
    return _send(world, "c2c", call.params["openid"], call.body, now)


def send_group(world: World, call: Call, now: Instant) -> dict[str, Any]:
    return _send(world, "group", call.params["group_openid"], call.body, now)


def recall_c2c(world: World, call: Call, now: Instant) -> dict[str, Any]:
    return _recall(world, "c2c", call.params["openid"], call.params["message_id"], now)


def recall_group(world: World, call: Call, now: Instant) -> dict[str, Any]:
    return _recall(world, "group", call.params["group_openid"], call.params["message_id"], now)


HANDLERS: Mapping[str, Handler] = {
    "GET /gateway": gateway,
    "GET /gateway/bot": gateway_bot,
    "GET /users/@me": me,
    "POST /v2/users/{openid}/messages": send_c2c,
    "POST /v2/groups/{group_openid}/messages": send_group,
    "DELETE /v2/users/{openid}/messages/{message_id}": recall_c2c,
    "DELETE /v2/groups/{group_openid}/messages/{message_id}": recall_group,
}


def _send(world: World, scene: Scene, openid: str, body: dict[str, Any], now: Instant) -> dict[str, Any]:
    if not world.people.knows(scene, openid):
        raise PlatformError("resource_not_found")
    outgoing = messages.check(body, scene, openid, world.anchors, world.settings, now.world)
    messages.commit(outgoing)
    message_id = world.identifiers.message_id()
    answered = outgoing.anchor_id
    shown = ChatMessage("bot", message_id, outgoing.text, outgoing.msg_type, now.world, reply_to=answered)
    world.people.show(scene, openid, shown)
    world.journal.append(
        now, "user.sees", scene=scene, openid=openid, message_id=message_id, text=outgoing.text,
        msg_type=outgoing.msg_type, reply_to=answered, msg_seq=outgoing.msg_seq, proactive=answered is None,
    )  # fmt: skip
    return {
        "id": message_id,
        "timestamp": timestamp(now.world),
        "ext_info": {"ref_idx": world.identifiers.ref_index()},
    }


def _recall(world: World, scene: Scene, openid: str, message_id: str, now: Instant) -> dict[str, Any]:
    """Take a message of the bot's own back, within two minutes; success is `{}` as in the documented example."""
    if not world.people.knows(scene, openid):
        raise PlatformError("user_openid_invalid" if scene == "c2c" else "resource_not_found")
    message = world.people.find_message(scene, openid, message_id)
    if message is None or message.recalled:
        raise PlatformError("recall_invalid_msg_id" if scene == "c2c" else "recall_invalid_params")
    if message.sender != "bot":
        raise PlatformError("recall_invalid_msg_id" if scene == "c2c" else "recall_not_permitted")
    if now.world - message.at > limits.RECALL_WINDOW.value:
        raise PlatformError("recall_expired")
    message.recalled = True
    world.journal.append(now, "user.recall", scene=scene, openid=openid, message_id=message_id)
    return {}


def _spend_gateway_call(world: World, now: Instant) -> None:
    """`/gateway` and `/gateway/bot` share one budget per minute; a refused call spends nothing. Our choice."""
    budget = world.settings.switch("gateway_budget")
    if budget == "off":
        return
    calls = world.gateway_calls
    while calls and now.world - calls[0] >= _MINUTE_SECONDS:
        calls.popleft()
    allowed = limits.GATEWAY_CALLS_BURST.value if budget == "real" else limits.GATEWAY_CALLS_PER_MINUTE.value
    if len(calls) >= allowed:
        raise PlatformError("gateway_rate_limited")
    calls.append(now.world)
