"""Chapter send: replies, and their refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.harness import pace
from conformance.harness.judging import newest, only_if, require, require_pace
from conformance.registry import check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.harness.world import World

WORDINGS = {"40034005": "msg_id_expired", "40034031": "msg_id_expired_second_wording"}
"""The code of each wording, and the name of its row."""

REFUSALS = {"late-2026": "40034105", "early-2026": "40034102"}
"""The number of one refusal in each era."""

LIMITS: Mapping[str, Mapping[str, Any]] = {
    "22009": {"verb": "error", "name": "msg_limit_exceed"},
    "100017": {"verb": "error", "name": "gateway_rate_limited"},
    "429": {"verb": "html", "status": 429},
}

NAMES = {
    "22009": ("22009", "msg limit exceed"),
    "100017": ("100017", "40023001", "接口调用超过频率限制"),
    "429": ("429", "Too Many Requests"),
    "40034105": ("40034105", "无权限"),
    "40034102": ("40034102", "无权限"),
}
"""What a bot that reports a loss prints of it: a code, or the platform's own words."""

TROUBLES: Mapping[str, Mapping[str, Any]] = {
    "status 500": {"verb": "error", "name": "system_busy"},
    "status 504": {"verb": "html", "status": 504},
    "a lost connection": {"verb": "disconnect", "effect": "before"},
}

AUDIT = {
    "code": 304023,
    "message": "push message is waiting for audit now",
    "data": {"message_audit": {"audit_id": "0a1b2c3d"}},
}
ODD_ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "200 without a body": {"verb": "empty"},
    "null": {"verb": "answer", "body": None},
    "a list": {"verb": "answer", "body": [{"id": "1"}]},
    "an object without id": {"verb": "answer", "body": {"timestamp": "2026-11-20T12:00:00+08:00"}},
    "202 for an audit": {"verb": "answer", "status": 202, "body": AUDIT},
}

REPLIES, PARTS = 5, 8
"""Messages that `burst` is asked for: where all may come, and where half of them may."""


@check("send/passive")
def answers_passively(world: World) -> None:
    """The reply names the message that it answers."""
    world.bot_is_online()
    message = world.user_says()
    reply = world.answer_to(message)
    told = f"msg_id {reply['reply_to']}"
    require(reply["reply_to"] == message.id, f"a reply with msg_id {message.id}", told, decisive=reply["id"])


@check("send/msg-id-expired", each=tuple(WORDINGS))
def sends_again_without_the_expired_id(world: World, code: str) -> None:
    """An expired `msg_id` never works again; without it, the text still arrives."""
    world.bot_is_online()
    world.replies_name_what_they_answer()
    world.replies_meet("msg-id-expired", {"verb": "error", "name": WORDINGS[code]})
    message = world.user_says()
    tries = world.tries(message)
    world.meets_the_trouble(tries)
    kept = [call for call in tries[1:] if call.msg_id is not None]
    if kept:
        require(False, "sent again without msg_id", f"sent again with msg_id {kept[0].msg_id}", decisive=kept[0].id)
    world.arrives_once(message, tries, after=code)


@check("send/msg-seq")
def numbers_its_replies(world: World) -> None:
    """The platform knows a reply by `msg_id` and `msg_seq`: a pair that comes again is dropped."""
    world.platform_decides(c2c_reply_count="unenforced")
    world.bot_is_online()
    world.replies_name_what_they_answer()
    message = world.user_commands(f"burst {REPLIES}")
    replies = world.replies_to(message, at_most=REPLIES)
    only_if(len(replies) > 1, f"it answered `burst {REPLIES}` with fewer than two replies that name the message")
    numbers = [reply.msg_seq for reply in replies]
    again = next((reply.id for at, reply in enumerate(replies) if reply.msg_seq in numbers[:at]), None)
    require(again is None, "every reply has a msg_seq of its own", f"msg_seq {numbers}", decisive=again)


@check("send/msg-seq-taken")
def takes_another_number(world: World) -> None:
    """40054005 on the first try: this number was used by somebody who wrote nothing down."""
    world.bot_is_online()
    world.replies_name_what_they_answer()
    world.replies_meet("msg-seq-taken", {"verb": "error", "name": "message_duplicated"})
    message = world.user_says()
    tries = world.tries(message)
    world.meets_the_trouble(tries)
    world.arrives_once(message, tries, after="40054005")


@check("send/msg-id-invalid-media")
def sends_a_picture_again_without_its_id(world: World) -> None:
    """A picture is a message like any other: without the stale `msg_id` it still arrives."""
    world.bot_is_online()
    world.pictures_meet("msg-id-invalid", {"verb": "error", "name": "msg_id_invalid"})
    message = world.user_commands("image")
    tries = world.picture_tries(message)
    world.meets_the_trouble(tries)
    last = tries[-1]
    require(
        last.accepted and last.msg_id is None,
        "the picture is sent again without msg_id, and accepted",
        f"number of tries: {len(tries)}; the last one with msg_id {last.msg_id} was "
        f"{'accepted' if last.accepted else 'refused'}",
        decisive=last.id,
    )
    world.answer_to(world.user_says())
    seen = world.pictures_seen(since=message)
    require(seen == 1, "the user sees the picture once", f"it was seen {seen} times")


@check("send/proactive-refused", takes=30)
def gives_up_what_is_forbidden(world: World) -> None:
    """No right to speak unasked: it was one number early in 2026 and is another one now."""
    world.bot_is_online()
    for era, code in REFUSALS.items():
        world.platform_is_of(era)
        world.replies_meet("proactive-refused", {"verb": "error", "name": "proactive_refused"}, times=None)
        tries = world.tries(world.user_says(), at_most=pace.HOPELESS_TRIES + 1, within=pace.LOOPS)
        require(
            len(tries) <= pace.HOPELESS_TRIES,
            f"at most {pace.HOPELESS_TRIES} tries when all are refused with {code}",
            "one more than that, and no end",
            decisive=tries[-1].id,
        )
        world.platform_behaves()
        world.answer_to(world.user_says())
        world.prefer(world.prints_one_of(*NAMES[code]), f"the loss in the bot's output, with {code}", "no word of it")
    world.is_running()


@check("send/rate-limited", each=tuple(LIMITS), takes=30)
def slows_down(world: World, limit: str) -> None:
    """Every further try is later than the one before; how many there are is the bot's own affair."""
    world.bot_is_online()
    world.replies_meet("rate-limited", LIMITS[limit], times=pace.LIMITED_SENDS)
    message = world.user_says()
    tries = world.tries(message)
    world.meets_the_trouble(tries)

    pauses = world.pauses_between(tries)
    told = f"pauses of {', '.join(f'{pause:.1f}' for pause in pauses)} s"
    shortest, least = min(pauses, default=pace.SEND_PAUSE.seconds), pace.SEND_PAUSE.seconds
    expected = f"a pause before each further try after {limit}"
    soonest = tries[pauses.index(shortest) + 1].id if pauses else None
    require_pace(shortest >= least, expected, told, off_by=least - shortest, decisive=soonest)
    if len(pauses) >= pace.LIMITED_SENDS:
        # The shorter of the early ones: a busy machine makes pauses longer, never shorter.
        late, least = sum(pauses[-2:]), 2 * min(pauses[:2]) * pace.BACKOFF_GROWTH
        expected = f"pauses that grow while {limit} goes on"
        require_pace(late >= least, expected, told, off_by=least - late, decisive=tries[-1].id)
    world.platform_behaves()
    world.answer_to(world.user_says())
    seen = world.answers_to(message)
    require(len(seen) <= 1, "the text arrives once at most", f"it was seen {len(seen)} times", decisive=newest(seen))
    told_of_it = len(seen) == 1 or world.prints_one_of(*NAMES[limit])
    world.prefer(told_of_it, f"a delivery, or the loss in the bot's output, with {limit}", "neither")


@check("send/transient")
def sends_again_what_the_platform_dropped(world: World) -> None:
    """Three ways to stumble; each time nothing was sent, so that a second try does no harm."""
    world.bot_is_online()
    for trouble, verb in TROUBLES.items():
        world.replies_meet("stumble", verb)
        message = world.user_says()
        tries = world.tries(message)
        world.meets_the_trouble(tries)
        world.arrives_once(message, tries, after=trouble)


@check("send/lost-answer")
def repeats_with_the_same_number(world: World) -> None:
    """The user has the message already; only a second try under the same number is recognised."""
    world.bot_is_online()
    world.replies_name_what_they_answer()
    world.replies_meet("lost-answer", {"verb": "disconnect", "effect": "after"})
    message = world.user_says()
    tries = world.tries(message, at_most=2)
    world.meets_the_trouble(tries)
    world.answer_to(world.user_says())
    seen = world.answers_to(message)
    require(
        len(seen) == 1,
        "the user sees the text once",
        f"it was seen {len(seen)} times; msg_seq {', then '.join(str(call.msg_seq) for call in tries)}",
        decisive=tries[-1].id,
    )


@check("send/markdown-refused")
def falls_back_to_text(world: World) -> None:
    """The words matter more than how they are set."""
    world.platform_decides(native_markdown="refused")
    world.bot_is_online()
    message = world.user_commands("markdown")
    tries = world.tries(message)
    only_if(not tries[0].accepted, "its Markdown is no native Markdown, and needs no permission")
    world.arrives_once(message, tries, after="40034012")


@check("send/odd-answers")
def survives_odd_answers(world: World) -> None:
    """A success is a success, whatever its body looks like."""
    world.bot_is_online()
    for answer, verb in ODD_ANSWERS.items():
        world.replies_meet("odd-answer", verb)
        world.tries(world.user_says(), at_most=1)
        world.goes_on_after(f"an answer that is {answer}")


@check("send/stale-pool", each=("reset", "eof"))
def does_without_dead_connections(world: World, how: str) -> None:
    """Middleboxes forget idle connections; the next reply goes out on a new one."""
    world.bot_is_online()
    world.bot_keeps_connections()
    world.kept_connections_die(how)
    message = world.user_says()
    tries = world.tries(message, expected="the answer reaches the platform, on a connection that is new")
    world.arrives_once(message, tries, after=f"the end of the connections that it kept ({how})")


@check("send/budget")
def keeps_the_last_word(world: World) -> None:
    """Four replies, eight parts: what cannot be sent alone goes with another part."""
    world.bot_is_online()
    world.replies_name_what_they_answer()
    world.platform_decides(c2c_reply_count="4", proactive="refused")
    message = world.user_commands(f"burst {PARTS}")
    require(
        world.user_sees_words(f"{PARTS}/{PARTS}", since=message),
        f"the last of {PARTS} parts arrives",
        "the user never sees it",
    )
