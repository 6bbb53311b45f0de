"""Sending to users and groups, and taking a message back: what each operation does in a world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.events.events import timestamp
from fakeqq.core.people import ChatMessage
from fakeqq.core.rest.calls import NO_CONTENT
from fakeqq.core.sending import messages
from fakeqq.core.sending.audits import hold
from fakeqq.core.streams.rest_streams import STREAM_HANDLERS, send_chunk
from fakeqq.wire import limits
from fakeqq.wire.audits import AUDIT_TIPS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.clock import Instant
    from fakeqq.core.people import Scene
    from fakeqq.core.rest.calls import Call, Handler
    from fakeqq.core.sending.messages import Outgoing
    from fakeqq.core.world import World

_RECALL_SECONDS = limits.RECALL_WINDOW.value


def send_c2c(world: World, call: Call, now: Instant) -> Any:
    """A message, or a chunk of one with `stream`."""
    if call.body.get("stream") is not None:
        return send_chunk(world, call.params["openid"], call.body, now)
    return _send(world, "c2c", call.params["openid"], call.body, now)


def send_group(world: World, call: Call, now: Instant) -> Any:
    if call.body.get("stream") is not None and world.settings.switch("stream_in_group") == "refused":
        raise PlatformError("request_malformed")
    return _send(world, "group", call.params["group_openid"], call.body, now)


def recall_c2c(world: World, call: Call, now: Instant) -> Any:
    """Take a message of the bot's own back, within two minutes."""
    openid, message_id = call.params["openid"], call.params["message_id"]
    if not world.people.knows("c2c", openid):
        raise PlatformError("user_openid_invalid")
    message = world.people.find_message("c2c", openid, message_id)
    if message is not None and message.stream == "s2":
        # The id of such a stream is not a message id.
        raise PlatformError("recall_invalid_params")
    if message is None or message.recalled or message.sender != "bot":
        raise PlatformError("recall_invalid_msg_id")
    return _recall(world, "c2c", openid, message, now)


def recall_group(world: World, call: Call, now: Instant) -> Any:
    """Take a message back, within two minutes: the bot's own, or anybody's where the bot is an admin."""
    openid, message_id = call.params["group_openid"], call.params["message_id"]
    group = world.people.groups.get(openid)
    if group is None:
        raise PlatformError("resource_not_found")
    if not group.has_bot:
        # The documents' table has no row of its own for this. Our choice.
        raise PlatformError("recall_not_permitted")
    message = world.people.find_message("group", openid, message_id)
    if message is None or message.recalled:
        raise PlatformError("recall_invalid_params")
    if message.sender != "bot" and not group.bot_is_admin:
        raise PlatformError("recall_not_permitted")
    return _recall(world, "group", openid, message, now)


MESSAGE_HANDLERS: Mapping[str, Handler] = {
    "POST /v2/users/{openid}/messages": send_c2c,
    "POST /v2/groups/{group_openid}/messages": send_group,
    "DELETE /v2/users/{openid}/messages/{message_id}": recall_c2c,
    "DELETE /v2/groups/{group_openid}/messages/{message_id}": recall_group,
    **STREAM_HANDLERS,
}


def _send(world: World, scene: Scene, openid: str, body: dict[str, Any], now: Instant) -> Any:
    outgoing = messages.check(world, scene, openid, body, now.world)
    messages.commit(world, outgoing, now.world)
    return deliver(world, outgoing, now)


def deliver(world: World, outgoing: Outgoing, now: Instant) -> Any:
    """Show an accepted message to the user, or hold it for its audit; returns the answer."""
    scene, openid = outgoing.scene, outgoing.openid
    message_id = world.identifiers.message_id()
    ref_index = world.identifiers.ref_index()
    if outgoing.content.typing_seconds is not None:
        world.journal.append(
            now, "user.typing", scene=scene, openid=openid, seconds=outgoing.content.typing_seconds,
            reply_to=outgoing.anchor_id,
        )  # fmt: skip
    else:
        message, noted = _message(world, outgoing, message_id, ref_index, now)
        audit = world.settings.switch("audit")
        if audit != "off":
            return _hold(world, outgoing, message, noted, audit, now)
        world.people.show(scene, openid, message)
        world.journal.append(now, "user.sees", **noted)
    return messages.receipt(world, message_id, ref_index, now.world)


def _message(
    world: World, outgoing: Outgoing, message_id: str, ref_index: str, now: Instant
) -> tuple[ChatMessage, dict[str, Any]]:
    """The message as it stands in the chat, and as the journal notes it."""
    content, answered = outgoing.content, outgoing.anchor_id
    quoted = None
    if outgoing.reference is not None:
        by_id = world.settings.switch("reference") == "either"
        quoted = world.people.quoted(outgoing.scene, outgoing.openid, outgoing.reference, by_id=by_id)
    message = ChatMessage(
        "bot", message_id, content.text, outgoing.msg_type, now.world, reply_to=answered, ref_index=ref_index,
        keyboard=content.keyboard, reference=quoted, media=outgoing.media.as_json() if outgoing.media else None,
    )  # fmt: skip
    noted = {
        "scene": outgoing.scene, "openid": outgoing.openid, "message_id": message_id, "text": content.text,
        "msg_type": outgoing.msg_type, "reply_to": answered, "msg_seq": outgoing.msg_seq,
        "proactive": answered is None,
    }  # fmt: skip
    return message, noted


def _hold(  # noqa: PLR0913 - a message and what is told about it
    world: World, outgoing: Outgoing, message: ChatMessage, noted: dict[str, Any], form: str, now: Instant
) -> Any:
    """Keep a message for its audit; the answer has status 202, or is a 200 of its own form."""
    scene, openid = outgoing.scene, outgoing.openid
    place = {"user_openid" if scene == "c2c" else "group_openid": openid}
    answer = hold(world, scene, openid, message, noted, now, place)
    if form == "202":
        return answer
    audit_id = answer.body["data"]["message_audit"]["audit_id"]
    tips = AUDIT_TIPS.format(scene=scene, kind="push" if outgoing.anchor is None else "reply")
    return {"id": audit_id, "timestamp": timestamp(now.world), "audit_id": audit_id, "audit_tips": tips}


def _recall(world: World, scene: Scene, openid: str, message: ChatMessage, now: Instant) -> Any:
    if now.world - message.at > _RECALL_SECONDS:
        raise PlatformError("recall_expired")
    message.recalled = True
    world.journal.append(now, "user.recall", scene=scene, openid=openid, message_id=message.id)
    return {"object": {}, "empty": None, "204": NO_CONTENT}[world.settings.switch("recall_answer")]
