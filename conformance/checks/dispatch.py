"""Chapter dispatch: events of every kind, and what a bot makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.judging import require, require_pace
from conformance.registry import check

if TYPE_CHECKING:
    from conformance.harness.world import World

C2C_MESSAGE = "dispatch: C2C_MESSAGE_CREATE"
LARGE_TEXT = "A line in plain letters.\n一行汉字，不长也不短。\n" * (64 * 1024 // 50)
EMOJI = " 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇨🇳 ❤️ 𠮷野家 \u200b\u2028 é \\u0000 </script> \"'"
NEW_FIELDS = {"fakeqq_new": {"deep": [1, {"x": None}]}, "author": {"fakeqq_new": True}}
NULL_FIELDS = {"attachments": None, "mentions": None, "message_scene": None}


@check("dispatch/unknown")
def bears_what_it_does_not_know(world: World) -> None:
    """The platform adds events, ops and fields without notice; null stands where an object is usual."""
    world.bot_is_online()
    world.event_arrives("FAKEQQ_UNKNOWN_EVENT", {"id": "1", "nested": {"list": [None, {}]}})
    world.goes_on_after("an unknown event")
    world.event_arrives("FAKEQQ_UNKNOWN_EVENT", None)
    world.goes_on_after("an unknown event whose `d` is null")
    world.event_arrives("FRIEND_ADD", None)
    world.goes_on_after("a known event whose `d` is null")

    world.platform_misbehaves({"name": "unknown-op", "on": C2C_MESSAGE, "nth": 1, "do": [{"verb": "unknown-op"}]})
    world.goes_on_after("an unknown op")
    world.answer_to(world.user_says_more(fields=NEW_FIELDS))
    world.goes_on_after("a message with unknown fields")
    world.user_says_more(fields=NULL_FIELDS)
    world.goes_on_after("a message with null fields")


@check("dispatch/duplicate")
def handles_a_repeated_event_once(world: World) -> None:
    """The same frame twice; and the same event under a new `s`, as replays bring it."""
    world.bot_is_online()
    usual = world.user_says()
    world.answer_to(usual)
    world.platform_misbehaves({"name": "twice", "on": C2C_MESSAGE, "nth": 1, "do": [{"verb": "twice"}]})
    doubled = world.user_says()
    world.is_handled_once(doubled, usual)

    repeated = world.user_says()
    world.platform_repeats(repeated)
    world.is_handled_once(repeated, usual)


@check("dispatch/c2c")
def answers_in_c2c(world: World) -> None:
    """The user's own openid, and the id of the message itself."""
    world.bot_is_online()
    world.is_answered_where_it_was_said(world.user_says_in("c2c"))


@check("dispatch/group")
def answers_in_a_group(world: World) -> None:
    """Groups have a route of their own, and the group's openid."""
    world.bot_is_online()
    world.is_answered_where_it_was_said(world.user_says_in("group"))


@check("dispatch/group-full")
def answers_where_it_hears_everything(world: World) -> None:
    """In such a group the @ comes as GROUP_MESSAGE_CREATE, and as nothing else."""
    world.platform_decides(group_msg_event="full")
    world.bot_is_online()
    world.is_answered_where_it_was_said(world.user_says_in("group"))


@check("dispatch/channel")
def answers_in_a_channel(world: World) -> None:
    """Channels have an older route, and ids that are numbers."""
    world.bot_is_online()
    world.is_answered_where_it_was_said(world.user_says_in("channel"))


@check("dispatch/dm")
def answers_direct_messages(world: World) -> None:
    """Direct messages live in a guild of two, whose id is the address."""
    world.bot_is_online()
    world.is_answered_where_it_was_said(world.user_says_in("dm"))


@check("dispatch/large")
def reads_large_and_colourful_messages(world: World) -> None:
    """Each comes in one WebSocket message, whatever is in it."""
    world.bot_is_online()
    first = world.user_says()
    world.answer_to(first)
    world.each_is_answered_once(world.user_says_more(LARGE_TEXT))
    world.each_is_answered_once(
        world.user_says_more(EMOJI),
        world.user_says_more(faces=["微笑", "doge"]),
        world.user_says_more(quote=first.id),
    )


@check("dispatch/slow-handler", takes=15)
def answers_others_while_a_handler_hangs(world: World) -> None:
    """One reply is never confirmed; twenty other users write, each in a chat of their own."""
    world.platform_announces_heartbeat(pace.QUICK_HEARTBEAT)
    world.platform_decides(missed_heartbeats="ignore")
    world.bot_is_online()
    hanging = world.a_reply_hangs()
    others = [world.somebody_else_says() for _ in range(pace.OTHERS)]
    for other in others:
        world.answer_to(other)
    gave_up = world.gave_up_at(hanging)
    first = min(call["id"] for call in world.first_calls_for(*others))
    require(
        gave_up is None or first < gave_up,
        "others are answered while one handler hangs",
        "the first of them was answered after the bot had given up the hanging call",
    )
    silence, rhythm = world.beats_on_after(hanging)
    longest = rhythm * pace.HELD_UP
    require_pace(
        silence <= longest,
        f"heartbeats go on while a handler hangs, one every {rhythm:.0f} s",
        f"none for {silence:.0f} s",
        off_by=silence - longest,
    )
