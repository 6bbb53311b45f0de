"""Chapter startup: from nothing to online, when the first answers of the platform are bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.judging import require
from conformance.registry import check

if TYPE_CHECKING:
    from conformance.harness.world import World


@check("startup/online")
def comes_online(world: World) -> None:
    """With one connection per shard, and one answer per message."""
    world.bot_starts()
    world.comes_online(within=pace.STARTS)

    world.each_is_answered_once(world.user_says(), world.user_says())
    logins = world.all_logins()
    require(len(logins) == 1, "one login, for the one shard", f"{len(logins)} logins: {', '.join(map(str, logins))}")


@check("startup/gateway-empty-body")
def survives_an_empty_gateway_answer(world: World) -> None:
    """200 without a body is no answer; the bot asks again."""
    world.platform_misbehaves(
        {"name": "empty-gateway", "on": "http: GET /gateway*", "nth": 1, "times": 1, "do": [{"verb": "empty"}]}
    )
    world.bot_starts()
    world.fault_fires("empty-gateway", within=pace.STARTS)

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
        require(pause >= least, f"no call within {least:.0f} s of a refusal", f"asked again after {pause:.1f} s")
        world.prefer(pause >= better, f"no call within {better:.0f} s of a refusal", f"asked again after {pause:.1f} s")
