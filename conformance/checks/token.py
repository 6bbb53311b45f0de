"""Chapter token: the access token's life, from the first call to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.judging import newest, require
from conformance.registry import check
from fakeqq.wire.eras import Era

if TYPE_CHECKING:
    from conformance.harness.world import World


@check("token/cached", takes=15)
def keeps_its_token(world: World) -> None:
    """Neither a send nor a reconnect is a reason for another token."""
    world.bot_is_online()
    for _ in range(pace.TOKEN_RECYCLINGS):
        world.is_recycled()
        world.each_is_answered_once(world.user_says())

    calls = world.all_token_calls()
    told = f"{len(calls)} calls"
    require(len(calls) == 1, "one call for a token in its whole life of two hours", told, decisive=newest(calls))


@check("token/refreshed", takes=140)
def renews_its_token_in_time(world: World) -> None:
    """A life of two minutes: what is refused at its end would be refused every two hours."""
    world.tokens_live(pace.TOKEN_LIFE)
    world.bot_is_online()
    world.users_speak_until_the_token_is_dead(pace.TOKEN_LIFE)

    world.no_call_is_refused_for_its_token()


@check("token/revoked-on-send", takes=10)
def replaces_a_refused_token(world: World) -> None:
    """401: the user must not notice."""
    world.bot_is_online()
    world.tokens_are_revoked()
    world.message_is_sent_again_once(world.user_says())


@check("token/revoked-with-500", takes=10)
def replaces_a_token_refused_with_500(world: World) -> None:
    """The older era said the same with a status that looks like a passing trouble."""
    world.platform_speaks_as_in(Era.EARLY_2026)
    world.bot_is_online()
    world.tokens_are_revoked()
    world.message_is_sent_again_once(world.user_says())


@check("token/stampede", takes=80)
def asks_once_for_all(world: World) -> None:
    """Twenty handlers find the token dead in one moment, and the first call for a new one takes its time."""
    world.tokens_live(pace.BRIEF_TOKEN_LIFE)
    world.bot_is_online()
    world.token_dies_in_silence(pace.BRIEF_TOKEN_LIFE)
    world.platform_hands_tokens_out_slowly(pace.SLOW_ANSWER)

    for message in world.many_users_speak(pace.STAMPEDE):
        world.answer_to(message)
    calls = world.new_token_calls()
    told = f"{len(calls)} calls"
    require(len(calls) <= 1, "one call for a token, whose answer serves all", told, decisive=newest(calls))
