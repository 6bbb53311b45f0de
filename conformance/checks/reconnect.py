"""Chapter reconnect: op 7, close codes, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.journal import gaps
from conformance.harness.judging import require, require_pace
from conformance.harness.speed import UNHURRIED
from conformance.harness.words.outage import distinct, have_grown, in_first, shown
from conformance.registry import check
from fakeqq.wire.close_codes import CLOSE_CODES, CloseCode

if TYPE_CHECKING:
    from conformance.harness.world import World


@check("reconnect/op7-leaves", hurry=UNHURRIED)
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


@check("reconnect/op7-one-connection", each=("close-at-once", "close-late"), takes=40)
def comes_back_once(world: World, close: str) -> None:
    """Op 7 and the close are two events of one end: whoever handles both opens two connections."""
    world.bot_is_online()
    if close == "close-at-once":
        world.platform_asks_to_reconnect(then_close=CloseCode.SESSION_TIMED_OUT)
    else:
        world.platform_asks_and_closes_late()
    opened = world.opens_connection()

    another = world.opens_another(opened, during=pace.SECOND_TIMER)
    require(
        another is None,
        "one new connection after op 7 and its close",
        "another connection beside or after it",
        decisive=None if another is None else another["id"],
    )
    world.comes_online()
    world.each_is_answered_once(world.user_says())


@check("reconnect/op7-many", takes=1500, hurry=10)
def survives_any_number_of_recyclings(world: World) -> None:
    """What is counted and never reset ends after days: three of them, in a few seconds."""
    world.hurried_bot_is_online()

    world.platform_recycles_every(pace.RECYCLED_EVERY)
    world.returns_from_recyclings(pace.RECYCLINGS if world.speed > 1 else pace.RECYCLINGS_UNHURRIED)
    world.platform_recycles_every(None)
    world.bot_settles()
    world.bot_answers()


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
    if not may_resume:
        world.identifies_soon(f"after {code}")
        world.comes_online()
        return
    login = world.next_login()
    if code == CloseCode.RATE_LIMITED:
        # The table lets 4008 resume, the sentence below it only 4009: both pass. What RESUME keeps, IDENTIFY loses.
        world.prefer(login.is_resume, "RESUME after 4008", login)
    else:
        require(login.is_resume and login.session_id == session.id, f"RESUME after {code}", login)
    world.comes_online()


@check("reconnect/abnormal", each=("reset", "drop", "1000", "1001"))
def resumes_after_any_other_end(world: World, end: str) -> None:
    """TCP that ends with RST or without, and the polite codes: none of them says anything of the session."""
    world.bot_is_online()
    session = world.session()

    world.platform_ends_connections(end)
    login = world.next_login(within=pace.RETURNS)
    require(login.is_resume and login.session_id == session.id, f"RESUME of session {session.id}", login)
    world.comes_online()


@check("reconnect/op9-true", takes=20)
def resumes_after_op9_true(world: World) -> None:
    """Op 9 has a flag, and `true` says that the session lives on."""
    world.bot_is_online()
    session = world.session()

    world.platform_calls_sessions_resumable()
    login = world.next_login(within=pace.RETURNS)
    require(login.is_resume and login.session_id == session.id, f"RESUME of session {session.id}", login)
    world.comes_online()


@check("reconnect/one-shard", takes=20)
def brings_back_one_shard_alone(world: World) -> None:
    """One of three shards falls: it returns by itself, and the others do not notice."""
    world.bot_starts_with_shards(3)
    shards = world.shards_are_online(3)
    fallen, others = shards[1], {session.connection for number, session in shards.items() if number != 1}

    world.platform_closes_shard(fallen, CloseCode.SESSION_TIMED_OUT)
    fell = world.now()
    login = world.next_login(within=pace.RETURNS_ALONE)
    world.took_at_most(pace.RETURNS_ALONE, since=fell, until=login)
    require(world.shard_of(login, shards) == 1, "a login for shard 1, which fell", login)
    world.comes_online()
    require(others <= world.live_connections(), "shards 0 and 2 stay connected", "they were closed, too")


@check("reconnect/old-socket-closed", hurry=UNHURRIED)
def closes_what_it_leaves(world: World) -> None:
    """Op 7 with the close withheld: the old connection lives as long as the bot lets it."""
    world.bot_is_online()
    old = world.session().connection

    world.platform_asks_to_reconnect(then_close=None)
    world.gives_up(old)
    world.closes(old, within=pace.OLD_SOCKET_CLOSED)
    world.comes_online()
    world.each_is_answered_once(world.user_says())


@check("reconnect/backoff-grows", takes=60)
def backs_off_while_every_connection_is_refused(world: World) -> None:
    """TCP is reset before the upgrade is answered, again and again: try, wait longer, and never give up."""
    world.bot_is_online()

    world.platform_lets_nobody_in()
    stamps = [world.next_refused_try()["at"]]
    tries = stamps
    while len(tries) < pace.TRIES_UNTIL_GROWTH:
        stamps.append(world.next_refused_try()["at"])
        tries = distinct(stamps)
        if have_grown(tries) and tries[-1] - tries[0] >= pace.FIRST_TRIES.seconds:
            break
    pauses = shown(gaps(tries))
    burst = in_first(pace.FIRST_TRIES, tries)
    span = f"{pace.FIRST_TRIES.seconds:.0f} s"
    require(burst <= pace.TRIES_IN_A_BURST, f"{pace.TRIES_IN_A_BURST} tries in the first {span}", f"{burst}: {pauses}")
    require(have_grown(tries), "pauses that grow while connections are refused", f"pauses of {pauses}")

    world.trouble_ends()
    world.comes_online()


@check("reconnect/quick-disconnects", takes=50)
def pauses_after_quick_disconnects(world: World) -> None:
    """Thrown out right after each login: the platform does not want this bot now, and a minute is little."""
    world.bot_is_online()

    world.platform_closes_after_each_login()
    logins = [world.next_login()]
    while (login := world.next_login_if_any(during=pace.QUICK_PAUSE)) is not None:
        logins.append(login)
        require(
            len(logins) <= pace.QUICK_DISCONNECTS,
            f"a pause of about a minute after three to {pace.QUICK_DISCONNECTS} quick disconnects",
            f"pauses of {shown(gaps([login.at for login in logins]))}",
            decisive=login.id,
        )
    world.is_running()
    world.platform_recovers()
    world.comes_online()


@check("reconnect/backoff-resets", takes=160, hurry=2)
def begins_its_back_off_anew(world: World) -> None:
    """What an outage has taught is forgotten after a healthy spell: the next drop is an ordinary one."""
    world.bot_is_online()
    world.platform_lets_nobody_in()
    tries = [world.next_refused_try()["at"]]
    while len(tries) < pace.TRIES_UNTIL_CLIMBED and max(gaps(tries), default=0.0) < pace.CLIMBED.seconds:
        tries.append(world.next_refused_try()["at"])
    world.trouble_ends()
    back = world.next_login()
    world.comes_online()
    climbed = back.at - tries[-1]

    world.stays_online(pace.HEALTHY_SPELL)
    world.platform_ends_connections("drop")
    pause = world.pause_before_next_connection()
    limit = max(pace.PROMPT.seconds, climbed / 2) + pace.PROMPT.machine * world.speed
    require_pace(
        pause <= limit,
        f"the first retry within {limit:.0f} s, as after any first drop",
        f"it came after {pause:.0f} s; during the outage the pauses had grown to {climbed:.0f} s",
        off_by=pause - limit,
    )
    world.comes_online()


@check("reconnect/url-cached", takes=80, hurry=4)
def keeps_the_address(world: World) -> None:
    """Two calls of the gateway endpoint a minute are allowed, and half a dozen reconnects need none."""
    world.platform_allows_two_gateway_calls_a_minute()
    world.bot_is_online()

    times = pace.RECONNECTS_BEYOND_BUDGET
    world.platform_recycles_every(pace.RECYCLED_EVERY)
    world.returns_from_recyclings(times)
    world.platform_recycles_every(None)
    calls = world.gateway_calls()
    require(calls < times, f"the address is kept over {times} reconnects", f"it was asked for {calls} times")


TROUBLES = {
    "100017": {"verb": "error", "name": "gateway_rate_limited"},
    "empty": {"verb": "empty"},
    "502": {"verb": "html", "status": 502},
    "time-out": {"verb": "hang"},
}


@check("reconnect/url-endpoint-down", each=tuple(TROUBLES), takes=30)
def comes_back_without_the_endpoint(world: World, trouble: str) -> None:
    """The gateway endpoint is broken when a connection ends: the address of before is as good as any."""
    world.bot_is_online()
    world.platform_misbehaves(
        {"name": "endpoint-down", "on": "http: GET /gateway*", "nth": 1, "times": None, "do": [TROUBLES[trouble]]}
    )
    world.platform_closes(CloseCode.SESSION_TIMED_OUT)
    calls = world.gateway_calls_until_login(during=pace.ENDPOINT_DOWN)
    burst = in_first(pace.FIRST_TRIES, [call["at"] for call in calls])
    most = pace.TRIES_IN_A_BURST
    require(burst <= most, f"at most {most} calls in {pace.FIRST_TRIES.seconds:.0f} s", f"{burst} calls")

    world.trouble_ends()
    world.comes_online()


@check("reconnect/long-outage", takes=3700, hurry=10)
def comes_back_after_an_hour(world: World) -> None:
    """Connections refused for an hour, and the end of it is no event: only who still tries comes back."""
    world.hurried_bot_is_online()

    world.outage_begins()
    world.outage_lasts(pace.LONG_OUTAGE if world.speed > 1 else pace.SHORT_OUTAGE)
    world.outage_ends()
    ended = world.now()
    online = world.comes_online(within=pace.ONE_CAP)
    world.took_at_most(pace.ONE_CAP, since=ended, until=online)
