"""Chapter resume: nothing is lost and nothing is doubled over an interruption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.judging import newest, only_if, presuppose, require
from conformance.harness.words.resumption import REFUSALS
from conformance.registry import check
from fakeqq.wire.close_codes import CloseCode

if TYPE_CHECKING:
    from conformance.harness.world import World


@check("resume/missed-event")
def answers_what_was_said_while_it_was_away(world: World) -> None:
    """Messages between the close and the RESUME come with the replay, and are answered once each."""
    world.platform_announces_heartbeat(pace.QUICK_HEARTBEAT)
    world.bot_is_online()
    world.bot_settles()
    # A moment of peace, so that the messages are said before the fastest of bots is back.
    world.platform_misbehaves(
        {
            "name": "slow-connect",
            "on": "connect",
            "nth": 1,
            "times": 1,
            "do": [{"verb": "delay", "seconds": pace.AWAY.adapter(world.speed)}],
        }
    )
    world.platform_closes(CloseCode.SESSION_TIMED_OUT)
    missed = [world.user_says(), world.user_says()]
    world.bot_is_away_during(*missed)

    world.each_is_answered_once(*missed)


@check("resume/replay-overlap", takes=20)
def answers_a_repeated_event_once(world: World) -> None:
    """An event that was handled comes again with the replay: the same id, the same answer, and no second one."""
    world.platform_announces_heartbeat(pace.QUICK_HEARTBEAT)
    world.platform_repeats_what_was_handled()
    world.bot_is_online()
    usual, handled = world.user_says(), world.user_says()
    world.answer_to(usual)
    world.answer_to(handled)
    world.bot_settles()

    world.interrupted_bot_resumes()
    world.comes_online()
    presuppose(world.deliveries_of(handled) > 1, "a replay that repeats the handled event", "it was not repeated")
    world.is_handled_once(handled, usual)


@check("resume/empty-d", takes=25)
def stays_after_resumed(world: World) -> None:
    """RESUMED is a dispatch whose `d` is an empty string, where READY has an object."""
    world.bot_is_online()

    world.interrupted_bot_resumes()
    resumed = world.comes_online()
    world.holds(resumed["connection"], during=pace.STAYS)
    world.answer_to(world.user_says())


@check("resume/rejected", each=tuple(REFUSALS))
def gives_up_a_session_that_is_refused(world: World, refusal: str) -> None:
    """The platform has forgotten the session, and says so in one of the ways that were seen."""
    world.bot_is_online()
    world.platform_refuses_resumes(refusal)

    world.platform_closes(CloseCode.SESSION_TIMED_OUT)
    world.identifies_soon("when each RESUME is refused")
    world.comes_online()


@check("resume/silence", takes=60, hurry=4)
def gives_up_a_resume_without_an_answer(world: World) -> None:
    """Neither RESUMED nor op 9: after a while the session is not worth the wait."""
    world.bot_is_online()

    world.platform_ignores_resumes()
    resumed = world.interrupted_bot_resumes()
    online = world.comes_online(within=pace.RESUME_SILENCE)
    world.took_at_most(pace.RESUME_SILENCE, since=resumed.at, until=online)


@check("resume/shard-own-session", takes=20)
def resumes_each_shard_with_its_own_session(world: World) -> None:
    """Two shards fall together; each names its own session and its own `s`."""
    world.bot_starts_with_shards(2)
    first = [world.next_login(within=pace.STARTS), world.next_login(within=pace.SHARDS_ONLINE)]
    told = "; ".join(map(str, first))
    require(not any(login.is_resume for login in first), "IDENTIFY, and a session of its own, for each shard", told)
    shards = world.shards_are_online(2)

    world.platform_closes(CloseCode.SESSION_TIMED_OUT)
    logins = [world.next_login(), world.next_login()]
    told = "; ".join(map(str, logins))
    only_if(any(login.is_resume for login in logins), f"the bot does not RESUME: {told}")
    require({world.shard_of(login, shards) for login in logins} == set(shards), "one login for each shard", told)
    require(all(login.is_resume for login in logins), "RESUME of each shard's own session", told)
    for login in logins:
        (session,) = (session for session in shards.values() if session.id == login.session_id)
        last = world.last_s_on(session)
        from_own = isinstance(login.seq, int) and login.seq <= last
        require(from_own, f"RESUME from an s of that session, whose last is {last}", login)
    world.comes_online()


@check("resume/unfinished-work", takes=40)
def finishes_what_a_crash_interrupted(world: World) -> None:
    """Killed while its answer hangs: the event was received, and nobody has seen an answer."""
    world.sessions_live(pace.SESSION_LIFE)
    world.platform_announces_heartbeat(pace.QUICK_HEARTBEAT)
    world.bot_is_online()
    finished = world.user_says()
    world.each_is_answered_once(finished)
    world.platform_holds_messages()
    unfinished = world.user_says()
    world.bot_sends(unfinished)
    world.bot_settles()

    world.bot_is_killed()
    world.all_connections_end(within=pace.CLOSES)  # so that no last call of the dead process comes after the trouble
    world.trouble_ends()
    world.bot_starts_again()
    world.comes_online(within=pace.STARTS)
    world.is_answered_after_all(unfinished)
    seen = world.answers_to(finished)
    told = f"{len(seen)} answers"
    require(len(seen) == 1, "no second answer to what was finished before", told, decisive=newest(seen))
