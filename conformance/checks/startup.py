"""Chapter startup: from nothing to online, when the first answers of the platform are bad."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.adapter import describe_exit
from conformance.harness.judging import require, require_pace
from conformance.harness.speed import UNHURRIED
from conformance.harness.words.bot import GATEWAY, TOKEN_CALL
from conformance.registry import check
from fakeqq.wire.errors import error_row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from conformance.harness.world import World


GARBAGE: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "url": (
        {"verb": "alter", "without": ["url"]},
        {"verb": "alter", "put": {"url": None}},
        {"verb": "alter", "put": {"url": "about:blank"}},
    ),
    "shards": (
        {"verb": "alter", "without": ["shards"]},
        {"verb": "alter", "put": {"shards": None}},
        {"verb": "alter", "put": {"shards": 0}},
    ),
    "max-concurrency": (
        {"verb": "alter", "without": ["session_start_limit.max_concurrency"]},
        {"verb": "alter", "put": {"session_start_limit.max_concurrency": None}},
        {"verb": "alter", "put": {"session_start_limit.max_concurrency": 0}},
    ),
    "not-json": (
        {"verb": "malformed"},
        {"verb": "answer", "body": "<html><body>welcome</body></html>"},
        {"verb": "answer", "body": []},
    ),
}

STUMBLES: Mapping[str, Mapping[str, Any]] = {
    "timeout": {"verb": "hang"},
    "500": {"verb": "error", "name": "system_busy"},
    "100001": {"verb": "error", "name": "token_rate_limited"},
}

REJECTIONS: Mapping[str, str] = {"100016": "secret_invalid", "100007": "appid_invalid"}
REASONS: Mapping[str, str] = {code: error_row(name).message for code, name in REJECTIONS.items()}

CLEAN = (0, -signal.SIGTERM, 128 + signal.SIGTERM)
"""The program's own success, the signal's default, and how a shell tells of that."""


@check("startup/online")
def comes_online(world: World) -> None:
    """With one connection per shard, and one answer per message."""
    world.bot_starts()
    world.comes_online(within=pace.STARTS)

    world.each_is_answered_once(world.user_says(), world.user_says())
    logins = world.all_logins()
    told = f"{len(logins)} logins: {', '.join(map(str, logins))}"
    require(len(logins) == 1, "one login, for the one shard", told, decisive=logins[-1].id)
    sockets = world.all_sockets()
    require(len(sockets) == 1, "one socket, for the one shard", f"{len(sockets)} sockets", decisive=sockets[-1]["id"])


@check("startup/gateway-empty-body")
def survives_an_empty_gateway_answer(world: World) -> None:
    """200 without a body is no answer; the bot asks again."""
    world.platform_misbehaves(
        {"name": "empty-gateway", "on": "http: GET /gateway*", "nth": 1, "times": 1, "do": [{"verb": "empty"}]}
    )
    world.bot_starts()
    trouble = world.fault_fires("empty-gateway", within=pace.STARTS)

    world.calls_again(trouble)
    world.comes_online(within=pace.COMES_BACK)
    world.is_running()


@check("startup/gateway-rate-limited", takes=130)
def waits_out_the_rate_limit(world: World) -> None:
    """Each refusal is followed by half a minute without a call, better by a whole one."""
    refusals = 2
    world.platform_misbehaves(
        {
            "name": "gateway-rate-limited",
            "on": "http: GET /gateway*",
            "nth": 1,
            "times": refusals,
            "do": [{"verb": "error", "name": "gateway_rate_limited"}],
        }
    )
    world.bot_starts()
    world.fault_fires("gateway-rate-limited", within=pace.STARTS)

    world.comes_online(within=pace.ASKS_AGAIN)
    least, better = pace.RATE_LIMIT_PAUSE.seconds, pace.RATE_LIMIT_COURTESY.seconds
    for pause in world.pauses_after("gateway-rate-limited"):
        told = f"asked again after {pause.seconds:.1f} s"
        require_pace(
            pause.seconds >= least,
            f"no call within {least:.0f} s of a refusal",
            told,
            off_by=least - pause.seconds,
            decisive=pause.ended_by,
        )
        world.prefer(pause.seconds >= better, f"no call within {better:.0f} s of a refusal", told)


@check("startup/gateway-timeout", takes=30)
def outlasts_a_silent_gateway(world: World) -> None:
    """The first call is never answered; who has no time-out of its own waits for ever."""
    world.platform_misbehaves(
        {"name": "silent-gateway", "on": "http: GET /gateway*", "nth": 1, "times": 1, "do": [{"verb": "hang"}]}
    )
    world.bot_starts()
    trouble = world.fault_fires("silent-gateway", within=pace.STARTS)

    world.calls_again(trouble, within=pace.CALLS_AGAIN_AFTER_SILENCE)
    world.comes_online(within=pace.COMES_BACK)


@check("startup/gateway-5xx", takes=60)
def outlasts_a_broken_gateway(world: World) -> None:
    """500 from the platform, 502 and 504 from the server in front of it, one after the other."""
    each = {
        1: {"verb": "error", "name": "system_busy"},
        2: {"verb": "html", "status": 502},
        3: {"verb": "html", "status": 504},
    }
    world.platform_misbehaves(
        *(
            {"name": "broken-gateway", "on": "http: GET /gateway*", "nth": number, "times": 1, "do": [verb]}
            for number, verb in each.items()
        )
    )
    world.bot_starts()
    trouble = world.fault_fires("broken-gateway", within=pace.STARTS)

    world.calls_again(trouble)
    world.comes_online(within=pace.COMES_BACK)
    world.backs_off("broken-gateway")


@check("startup/gateway-malformed", each=("url", "shards", "max-concurrency", "not-json"), takes=60)
def takes_no_garbage(world: World, what: str) -> None:
    """Missing, then null, then absurd; or no object at all. Then all is well."""
    # A bot may do with /gateway, which has the address only.
    where = "http: GET /gateway*" if what in ("url", "not-json") else "http: GET /gateway/bot"
    world.platform_misbehaves(
        *(
            {"name": "garbage", "on": where, "nth": number, "times": 1, "do": [verb]}
            for number, verb in enumerate(GARBAGE[what], 1)
        )
    )
    world.bot_starts()
    trouble = world.fault_fires("garbage", within=pace.STARTS)

    world.calls_again(trouble)
    world.comes_online(within=pace.COMES_BACK)
    world.is_running()
    for login in world.all_logins():
        told = f"shard {login.shard}: {login}"
        require(login.shard in (None, [0, 1]), "no login with a shard made of garbage", told, decisive=login.id)


@check("startup/token-transient", each=("timeout", "500", "100001"), takes=60)
def outlasts_a_stumbling_token_endpoint(world: World, how: str) -> None:
    """Before the first token there is nothing that could be cached: only patience helps."""
    verb = STUMBLES[how]
    times = 1 if verb["verb"] == "hang" else 3
    world.platform_misbehaves({"name": "no-token", "on": f"http: {TOKEN_CALL}", "nth": 1, "times": times, "do": [verb]})
    world.bot_starts()
    trouble = world.fault_fires("no-token", within=pace.STARTS)

    within = pace.CALLS_AGAIN_AFTER_SILENCE if how == "timeout" else pace.CALLS_AGAIN
    world.calls_again(trouble, (TOKEN_CALL,), within)
    world.comes_online(within=pace.COMES_BACK)
    if how != "timeout":
        # A time-out is a pause of its own.
        world.backs_off("no-token", (TOKEN_CALL,))


@check("startup/token-rejected", each=("100016", "100007"), takes=65)
def does_not_hammer_with_wrong_credentials(world: World, code: str) -> None:
    """Nothing that the bot could do would help, so it does little, or ends and says so by its status."""
    world.platform_misbehaves(
        {
            "name": "rejected",
            "on": f"http: {TOKEN_CALL}",
            "nth": 1,
            "times": None,
            "do": [{"verb": "error", "name": REJECTIONS[code]}],
        }
    )
    world.bot_starts()
    world.calls_at_most(
        pace.TOKEN_CALLS_A_MINUTE, {"kind": "http.request", "operation": TOKEN_CALL}, within=pace.MINUTE
    )
    login = next(iter(world.all_logins()), None)
    require(login is None, "no login without a token", login)
    status = world.exit_status() or 0
    require(status >= 0, "an end, if at all, by its own decision", describe_exit(status))
    told = status > 0 or world.prints_one_of(code, REASONS[code])
    world.prefer(
        told, f"the reason in the bot's output ({code}, {REASONS[code]}), or an exit status of failure", "neither"
    )


@check("startup/ip-not-allowed", takes=65)
def tells_that_its_address_is_not_allowed(world: World) -> None:
    """The token is handed out; whatever is done with it is refused until a person acts."""
    world.platform_allows_addresses("203.0.113.1")
    world.bot_starts()
    world.calls_at_most(pace.REFUSED_CALLS_A_MINUTE, {"kind": "http.request"}, within=pace.MINUTE)

    reasons = ("11298", "40023002", "白名单")
    require(world.prints_one_of(*reasons), "the reason in the bot's output", f"none of {', '.join(reasons)} is there")


@check("startup/refused-then-up", takes=90)
def outlasts_refused_connections(world: World) -> None:
    """A minute, at a start: long enough to use up the tries that somebody thought enough."""
    world.platform_misbehaves(
        {"name": "going-down", "on": f"http: {TOKEN_CALL}", "nth": 1, "times": 1, "do": [{"verb": "hang"}]}
    )
    world.bot_starts()
    world.fault_fires("going-down", within=pace.STARTS)
    back = world.platform_is_down(during=pace.OUTAGE)

    world.calls_again(back, (TOKEN_CALL, *GATEWAY))
    world.comes_online(within=pace.COMES_BACK)


@check("startup/no-upgrade", takes=40)
def gives_a_silent_handshake_up(world: World) -> None:
    """TCP connects, and HTTP's upgrade is never answered."""
    world.platform_misbehaves(
        {"name": "silent-upgrade", "on": "connect", "nth": 1, "times": 1, "do": [{"verb": "hang"}]}
    )
    world.bot_starts()
    trouble = world.fault_fires("silent-upgrade", within=pace.STARTS)

    world.dials_again(trouble)
    world.comes_online(within=pace.COMES_BACK)


@check("startup/no-hello", takes=40)
def leaves_a_connection_without_hello(world: World) -> None:
    """The socket opens, and the first frame never comes."""
    world.platform_misbehaves({"name": "no-hello", "on": "ws: HELLO", "nth": 1, "times": 1, "do": [{"verb": "drop"}]})
    world.bot_starts()
    trouble = world.fault_fires("no-hello", within=pace.STARTS)

    left = world.leaves(trouble["connection"], within=pace.GIVES_UP)
    world.took_at_most(pace.GIVES_UP, since=trouble["at"], until=left)
    world.comes_online(within=pace.COMES_BACK)


@check("startup/cancel-while-waiting", takes=10, hurry=UNHURRIED)
def stops_while_it_waits(world: World) -> None:
    """A bot that is not online yet is stopped as easily as any other."""
    world.platform_misbehaves(
        {
            "name": "broken-gateway",
            "on": "http: GET /gateway*",
            "nth": 1,
            "times": None,
            "do": [{"verb": "error", "name": "system_busy"}],
        }
    )
    world.bot_starts()
    trouble = world.fault_fires("broken-gateway", within=pace.STARTS)
    world.is_refused_again(trouble)

    world.bot_is_asked_to_stop()
    status = world.exits(within=pace.EXITS)
    require(status in CLEAN, "a clean exit: status 0, or the end by SIGTERM", describe_exit(status))
