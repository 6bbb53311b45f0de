"""Chapter send: replies, and their refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness.judging import only_if, presuppose, require
from conformance.registry import check

if TYPE_CHECKING:
    from conformance.harness.world import World

WORDINGS = {"40034005": "msg_id_expired", "40034031": "msg_id_expired_second_wording"}
"""The code of each wording, and the name of its row."""


@check("send/passive")
def answers_passively(world: World) -> None:
    """The reply names the message that it answers."""
    world.bot_is_online()
    message = world.user_says()
    reply = world.answer_to(message)
    require(reply["reply_to"] == message.id, f"a reply with msg_id {message.id}", f"msg_id {reply['reply_to']}")


@check("send/msg-id-expired", each=tuple(WORDINGS))
def sends_again_without_the_expired_id(world: World, code: str) -> None:
    """An expired `msg_id` never works again; without it, the text still arrives."""
    world.bot_is_online()
    usual = world.user_says()
    world.answer_to(usual)
    only_if(world.sends_for(usual)[0].msg_id is not None, "its replies carry no msg_id that could expire")
    world.platform_misbehaves(
        {
            "name": "msg-id-expired",
            "on": "http: POST /v2/users/{openid}/messages",
            "nth": 1 + world.calls_before_answer(usual),
            "times": 1,
            "do": [{"verb": "error", "name": WORDINGS[code]}],
        }
    )
    message = world.user_says()
    world.each_is_answered_once(message)

    refused, *again = world.sends_for(message)
    presuppose(not refused.accepted, "the reply meets the refusal", "the refusal hit another call of the bot")
    kept = [send for send in again if send.msg_id is not None]
    require(not kept, "sent again without msg_id", f"sent again with msg_id {kept[0].msg_id if kept else None}")
