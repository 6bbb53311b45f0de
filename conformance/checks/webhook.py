"""Chapter webhook: events by HTTP, for bots that take them so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness.judging import require
from conformance.registry import check

if TYPE_CHECKING:
    from conformance.harness.world import World

SECRETS = {"documented": "DG5g3B4j9X2KOErG", "short": "123456abcdef"}
"""Of the documentation's own example, 16 characters; and of botgo's tests, 12, which has to be repeated twice over."""

FORGERIES = ("unsigned", "wrong-key", "changed-byte", "swapped", "other-bot")
SPELLINGS = ("pretty", "reordered", "escaped")
HEADERS = ("charset", "lower-case", "upper-case")
ODD_BODIES = ("null", "empty", "list", "not-json", "unknown-op", "no-event")


@check("webhook/validation", each=tuple(SECRETS), takes=5)
def proves_that_it_knows_the_secret(world: World, length: str) -> None:
    """The first thing the console asks of an address."""
    world.console_gives_the_secret(SECRETS[length])
    world.bot_opens_its_webhook()
    world.address_is_validated()


@check("webhook/validation-forged")
def signs_for_the_platform_alone(world: World) -> None:
    """`event_ts` + `plain_token` may be the timestamp and the body of an event that somebody wants to forge."""
    world.bot_listens()
    for tamper in ("unsigned", "wrong-key"):
        answer = world.somebody_asks_for_validation(tamper)
        require(not answer["valid"], f"op 13 that is not the platform's ({tamper}) is not signed", "it was signed")


@check("webhook/answers", takes=5)
def answers_an_event_by_webhook(world: World) -> None:
    """Acknowledged, and answered as by any other way."""
    world.bot_opens_its_webhook()
    message = world.user_says()
    delivery = world.first_answer_to_delivery(message)
    require(delivery["acked"], "the event is acknowledged with status 200", delivery["why"], decisive=delivery["id"])
    world.prefer(delivery["why"] == "op 12 with d 0", 'acknowledged with {"op":12,"d":0}', delivery["why"])
    reply = world.answer_to(message)
    told = f"msg_id {reply['reply_to']}"
    require(reply["reply_to"] == message.id, f"a reply with msg_id {message.id}", told, decisive=reply["id"])
    world.each_is_answered_once(message)


@check("webhook/channel", takes=5)
def answers_in_a_channel_before_all_else(world: World) -> None:
    """By webhook no READY ever comes."""
    world.bot_opens_its_webhook()
    message = world.channel_member_says()
    delivery = world.first_answer_to_delivery(message)
    require(delivery["acked"], "the event is acknowledged with status 200", delivery["why"], decisive=delivery["id"])
    world.answer_to(message)


@check("webhook/forged")
def does_not_act_on_forgeries(world: World) -> None:
    """Anybody on the internet can send a request to a webhook."""
    world.bot_listens()
    forged = {tamper: world.platform_delivers(tamper=tamper) for tamper in FORGERIES}
    world.each_is_answered_once(world.user_says())
    believed = [tamper for tamper, delivered in forged.items() if world.was_acted_on(delivered)]
    require(not believed, "no forged event is acted on", f"acted on: {', '.join(believed)}")
    world.is_running()


@check("webhook/forged-refused")
def refuses_forgeries(world: World) -> None:
    """Who acknowledges a forgery hides from its owner that the address is not protected."""
    world.bot_listens()
    for tamper in FORGERIES:
        delivered = world.platform_delivers(tamper=tamper)
        require(
            delivered.status is not None and 400 <= delivered.status < 500,
            f"a forged event ({tamper}) is refused with a status of 4xx",
            delivered.why if delivered.status is None else f"status {delivered.status}",
        )


@check("webhook/raw-body")
def verifies_the_bytes_as_they_came(world: World) -> None:
    """The documentation's own example is signed pretty-printed."""
    world.bot_listens()
    for style in SPELLINGS:
        delivered = world.platform_delivers(style=style)
        require(delivered.acked, f"a genuine event is acknowledged, its body {style}", delivered.why)
        world.answer_to(delivered.message)


@check("webhook/headers")
def reads_headers_in_any_dress(world: World) -> None:
    """Proxies in between are free to write them otherwise."""
    world.bot_listens()
    for style in HEADERS:
        delivered = world.platform_delivers(style=style)
        require(delivered.acked, f"a genuine event is acknowledged, its headers {style}", delivered.why)
        world.answer_to(delivered.message)


@check("webhook/odd-bodies")
def survives_odd_bodies(world: World) -> None:
    """Rightly signed, and nothing that a handler expects."""
    world.bot_listens()
    for tamper in ODD_BODIES:
        delivered = world.platform_delivers(tamper=tamper)
        observed = delivered.why if delivered.status is None else f"status {delivered.status}"
        calm = delivered.status is not None and delivered.status < 500
        world.prefer(calm, f"a signed body ({tamper}) is answered without an error of the bot's own", observed)
    world.answer_to(world.platform_delivers(style="numbered").message)
    world.platform_delivers_unknown_event()
    world.each_is_answered_once(world.user_says())
    world.is_running()


@check("webhook/ack-first")
def acknowledges_before_it_handles(world: World) -> None:
    """A language model thinks for longer than the platform waits."""
    world.bot_listens()
    world.platform_lets_sends_hang()
    message = world.user_says()
    delivery = world.first_answer_to_delivery(message)
    expected = "the event is acknowledged while its handler is still busy"
    require(delivery["acked"], expected, delivery["why"], decisive=delivery["id"])
    gave_up = world.gave_up_sending(message, before=delivery)
    told = "the handler had first waited for its reply until it gave that up"
    require(not gave_up, expected, told, decisive=delivery["id"])


@check("webhook/delivered-again")
def handles_a_repeated_delivery_once(world: World) -> None:
    """What is not acknowledged in time comes again, up to three times in all."""
    world.bot_listens()
    usual = world.user_says()
    world.answer_to(usual)
    message = world.user_says()
    world.answer_to(message)
    for _ in range(2):
        again = world.platform_delivers_again()
        require(again["acked"], "a repeated delivery is acknowledged, too", again["why"])
    world.is_handled_once(message, usual)


@check("webhook/two-bots")
def keeps_two_bots_apart(world: World) -> None:
    """The address is one, the secrets are two."""
    with world.second_bot() as second:
        world.open_for_both(second)
        world.address_is_validated()
        second.is_validated()
        world.answer_to(world.user_says())
        second.is_spoken_to_and_answers()
        second.refuses_the_others_signature()
