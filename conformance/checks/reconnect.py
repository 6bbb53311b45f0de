"""Chapter reconnect: op 7, close codes, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.judging import require
from conformance.registry import check
from fakeqq.wire.close_codes import CLOSE_CODES, CloseCode

if TYPE_CHECKING:
    from conformance.harness.world import World


@check("reconnect/op7-leaves")
def leaves_when_asked_to(world: World) -> None:
    """Op 7 with the close withheld: who waits for the close is deaf for ever."""
    world.bot_is_online()
    old = world.session().connection

    world.platform_asks_to_reconnect(then_close=None)
    world.leaves(old, within=pace.LEAVES)
    world.comes_online()


@check("reconnect/op7-resumes", takes=15)
def resumes_after_the_half_hourly_recycling(world: World) -> None:
    """Op 7, then 4009: a fresh IDENTIFY would lose what is said meanwhile."""
    world.platform_announces_heartbeat(pace.QUICK_HEARTBEAT)
    world.bot_is_online()
    world.bot_settles()
    session = world.session()

    world.platform_asks_to_reconnect(then_close=CloseCode.SESSION_TIMED_OUT)
    login = world.next_login()
    require(login.is_resume and login.session_id == session.id, f"RESUME of session {session.id}", login)
    require(login.seq == session.last_s, f"RESUME from the last s, {session.last_s}", login)
    world.comes_online()


@check("reconnect/close-codes", each=(4006, 4007, 4008, 4009, 4900, 4902, 4903, 4913))
def decides_by_the_close_code(world: World, code: int) -> None:
    """RESUME where the table allows it; IDENTIFY, soon, where the session is dead."""
    may_resume = CLOSE_CODES[code].may_resume
    world.bot_is_online()
    session = world.session()
    if not may_resume:
        world.platform_misbehaves(
            {
                "name": "dead-session",
                "on": "receive: RESUME",
                "nth": 1,
                "times": None,
                "do": [{"verb": "close", "code": code}],
            }
        )
    world.platform_closes(code)
    login = world.next_login()
    if code == CloseCode.RATE_LIMITED:
        # The table lets 4008 resume, the sentence below it only 4009: both pass. What RESUME keeps, IDENTIFY loses.
        world.prefer(login.is_resume, "RESUME after 4008", login)
    elif may_resume:
        require(login.is_resume and login.session_id == session.id, f"RESUME after {code}", login)
    else:
        tries = pace.LOGINS_WITH_DEAD_SESSION
        while login.is_resume:
            tries -= 1
            require(
                tries > 0,
                f"IDENTIFY within {pace.LOGINS_WITH_DEAD_SESSION} logins after {code}",
                f"only RESUME: {login}",
            )
            login = world.next_login()
    world.comes_online()
