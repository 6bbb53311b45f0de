"""Chapter resume: nothing is lost and nothing is doubled over an interruption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness import pace
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
