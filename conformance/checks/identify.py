"""Chapter identify: the login, and its refusal."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.journal import gaps, hastiest
from conformance.harness.judging import newest, only_if, presuppose, require, require_pace
from conformance.harness.words.login import PREFIX, bare, describe_token, shard_count
from conformance.registry import check
from fakeqq.wire.close_codes import CloseCode
from fakeqq.wire.intents import Intent
from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from conformance.harness.world import World

REFUSED = {"verb": "invalid-session", "resumable": False}


@check("identify/shape")
def identifies_as_documented(world: World) -> None:
    """Op 2 with the token that was handed out, the one shard, and the intents of what the bot answers; once."""
    world.bot_starts()
    login = world.next_login(within=pace.STARTS)
    require(not login.is_resume, "IDENTIFY (op 2) first", login)

    known = world.tokens()
    holds_token = isinstance(login.token, str) and login.token.startswith(PREFIX) and bare(login.token) in known
    told = describe_token(login.token, known)
    require(holds_token, f"`token` is {PREFIX!r} and the access token", told, decisive=login.id)
    expected = "`shard` is [0, 1], as one shard is recommended, or left out"
    require(login.shard in (None, [0, 1]), expected, login.shard, decisive=login.id)
    intents = login.intents if type(login.intents) is int else 0
    wanted = int(Intent.GROUP_AND_C2C_EVENT)
    expected = f"`intents` is a number that holds the bit of C2C, {wanted}"
    require(bool(intents & wanted), expected, login.intents, decisive=login.id)

    world.comes_online()
    logins = world.all_logins()
    twice = [login for before, login in itertools.combinations(logins, 2) if login.connection == before.connection]
    told = f"several on connection {', '.join(sorted({str(login.connection) for login in twice}))}"
    require(not twice, "one login on each connection", told, decisive=twice[0].id if twice else None)


@check("identify/early-frames")
def bears_frames_before_ready(world: World) -> None:
    """An ACK, a heartbeat and an op that nobody knows come between IDENTIFY and READY, each time."""
    ack = {"verb": "send", "frame": {"op": Op.HEARTBEAT_ACK.value}}
    early = [ack, {"verb": "heartbeat"}, {"verb": "unknown-op"}]
    world.platform_misbehaves({"name": "early-frames", "on": "ws: READY", "times": None, "do": early})
    world.bot_starts()
    world.stays(world.is_let_in()["connection"])


@check("identify/invalid-session", takes=75)
def backs_off_from_a_refused_identify(world: World) -> None:
    """Op 9 `false` on IDENTIFY: leave, wait, IDENTIFY again, and wait longer each time."""
    refusals = 5
    world.platform_misbehaves(
        {"name": "left-open", "on": "receive: IDENTIFY", "nth": 1, "times": 1, "do": [{**REFUSED, "then_close": None}]},
        {
            "name": "refused",
            "on": "receive: IDENTIFY",
            "nth": 2,
            "times": refusals - 1,
            "do": [{**REFUSED, "then_close": CloseCode.CREATE_SESSION_ERROR.value}],
        },
    )
    world.bot_starts()
    first = world.next_login(within=pace.STARTS)
    left = world.leaves(first.connection, within=pace.LEAVES_REFUSED)
    world.took_at_most(pace.LEAVES_REFUSED, since=first.at, until=left)

    tries = [first] + [world.next_login() for _ in range(refusals)]
    world.comes_online()
    resume = next((login for login in tries if login.is_resume), None)
    require(resume is None, "IDENTIFY after each refusal", resume)

    pauses = gaps([login.at for login in tries])
    shown = ", ".join(f"{pause:.1f} s" for pause in pauses)
    least = pace.IDENTIFY_PAUSE.seconds
    expected, told = f"never sooner than {least:.0f} s after a refusal", f"pauses of {shown}"
    require_pace(min(pauses) >= least, expected, told, off_by=least - min(pauses), decisive=hastiest(tries))
    # The first pause also holds the wait for a close code that never came, so growth is read from the others.
    grown, late = pace.BACKOFF_GROWTH * sum(pauses[1:3]), sum(pauses[3:])
    require_pace(
        late >= grown,
        "pauses that grow while the refusals repeat",
        told,
        off_by=grown - late,
        decisive=tries[-1].id,
    )


@check("identify/reads-close-code", takes=60)
def lets_the_close_code_decide(world: World) -> None:
    """Op 9 says that the login is refused, the close behind it says why; who leaves at op 9 never learns it."""
    code = CloseCode.DISALLOWED_INTENTS.value
    world.platform_misbehaves(_refused_for_ever({**REFUSED, "then_close": code}))
    world.bot_starts()
    world.stays_away(world.next_login(within=pace.STARTS), within=pace.STAYS_AWAY)


@check("identify/fatal-codes", each=(4010, 4013, 4014, 4914, 4915), takes=60)
def stops_at_a_fatal_code(world: World, code: int) -> None:
    """Neither RESUME nor IDENTIFY may follow; a person has to do something, and must hear of it."""
    world.platform_misbehaves(_refused_for_ever({"verb": "close", "code": code}))
    world.bot_starts()
    login = world.next_login(within=pace.STARTS)
    printed = world.printed()
    world.stays_away(login, within=pace.STAYS_AWAY)
    told, instead = world.says_why(code, printed)
    world.prefer(told, f"the bot says that it was refused with {code}", instead)


@check("identify/same-intents", takes=25)
def asks_for_the_same_intents_again(world: World) -> None:
    """A few IDENTIFYs are refused for a passing reason; fewer intents would leave the bot deaf for days."""
    refusals = 3
    then_close = CloseCode.CREATE_SESSION_ERROR.value
    refused = {"name": "refused", "on": "receive: IDENTIFY", "times": refusals}
    world.platform_misbehaves({**refused, "do": [{**REFUSED, "then_close": then_close}]})
    world.bot_starts()
    first = world.next_login(within=pace.STARTS)
    for _ in range(refusals):
        login = world.next_login()
        same = login.intents == first.intents
        require(same, f"the same intents again, {first.intents}", login.intents, decisive=login.id)
    world.comes_online()


@check("identify/new-token-after-4004")
def replaces_a_refused_token(world: World) -> None:
    """4004 speaks of the access token: the next login needs another one, and one call is enough for that."""
    world.bot_is_online()
    refused = bare(world.all_logins()[-1].token)
    since = world.platform_refuses_the_token()
    login = world.next_login()
    told = f"{login}, with the refused token"
    require(bare(login.token) != refused, "a login with another access token", told, decisive=login.id)
    world.comes_online()
    calls = world.token_calls(since)
    require(len(calls) <= 1, "one call of the token endpoint", f"{len(calls)} calls", decisive=newest(calls))


@check("identify/concurrency", takes=15)
def spaces_the_logins_of_its_shards(world: World) -> None:
    """Three shards, `max_concurrency` 1: one IDENTIFY in five seconds."""
    shards = 3
    world.platform_recommends_shards(shards)
    world.bot_starts()
    logins = [world.next_login(within=pace.STARTS)]
    only_if(shard_count(logins[0]) > 1, "the bot opens one connection, whatever is recommended")
    logins += [world.next_login() for _ in range(shards - 1)]
    shown = ", ".join(map(str, logins))
    presuppose(not any(login.is_resume for login in logins), f"IDENTIFY for each of {shards} shards", shown)

    pauses = gaps([login.at for login in logins])
    least = pace.IDENTIFY_SPACING.seconds
    expected = f"five seconds between two IDENTIFYs, {least:.0f} at least"
    told = f"pauses of {', '.join(f'{pause:.1f} s' for pause in pauses)}"
    require_pace(min(pauses) >= least, expected, told, off_by=least - min(pauses), decisive=hastiest(logins))


@check("identify/remaining-zero", takes=45)
def waits_for_new_session_starts(world: World) -> None:
    """No session may be started before `reset_after` is over; then the bot comes online by itself."""
    renewed = pace.STARTS_RENEWED
    world.platform_has_no_starts_left(renewed_after=renewed)
    world.bot_starts()
    asked = world.asks_for_its_starts()
    only_if(asked is not None, "the bot logs in without asking `GET /gateway/bot`")

    waits = renewed.times(pace.NEARLY)
    login = world.next_identify(within=waits)
    waited = login.at - asked["at"] if login and asked else waits.seconds
    expected = f"no IDENTIFY within {renewed.seconds:.0f} s, as `reset_after` says"
    told = f"{login}, after {waited:.1f} s"
    require_pace(
        waited >= waits.seconds,
        expected,
        told,
        off_by=waits.seconds - waited,
        decisive=login.id if login else None,
    )
    world.platform_renews_the_starts()
    world.comes_online()


@check("identify/budget", takes=30)
def spares_its_session_starts(world: World) -> None:
    """Thrown out after each READY, and no session survives: whoever hurries has no starts left for the day."""
    gone, refused = {"verb": "close", "code": 4900}, {**REFUSED, "then_close": 4900}
    world.platform_misbehaves(
        {"name": "thrown-out", "on": "ws: READY", "times": None, "do": [gone]},
        {"name": "forgotten", "on": "receive: RESUME", "times": None, "do": [refused]},
    )
    world.bot_starts()
    last = world.next_login(within=pace.STARTS)
    least, pauses = pace.FRUGAL_PAUSE, list[float]()
    while len(pauses) < pace.DROPS_IN_A_ROW:
        login = world.next_identify(within=least)
        if login is None or login.at - last.at >= least.seconds:
            return
        pauses.append(login.at - last.at)
        last = login
    told = ", ".join(f"{pause:.1f} s" for pause in pauses)
    require(
        False,
        f"pauses between the IDENTIFYs that grow to {least.seconds:.0f} s at least",
        f"pauses of {told}",
        decisive=last.id,
    )


def _refused_for_ever(verb: dict[str, object]) -> dict[str, object]:
    return {"name": "refused", "on": "receive: IDENTIFY", "times": None, "do": [verb]}
