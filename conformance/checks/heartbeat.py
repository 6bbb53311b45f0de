"""Chapter heartbeat: op 1, its pace, and what a missing op 11 means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.world import require
from conformance.registry import check

if TYPE_CHECKING:
    from conformance.harness.world import World


@check("heartbeat/follows-hello")
def keeps_the_pace_of_hello(world: World) -> None:
    """Op 1 at the announced interval, from READY on, over several beats."""
    interval = pace.HEARTBEAT_INTERVAL
    world.platform_announces_heartbeat(interval)
    ready = world.bot_is_online()

    beats = world.heartbeats(4, since=ready, at_most=pace.LATE_HEARTBEAT)
    average = (beats[-1]["at"] - beats[0]["at"]) / (len(beats) - 1)
    require(
        average >= pace.EARLY_HEARTBEAT * interval.seconds,
        f"about one heartbeat in {interval.seconds:.0f} s, as HELLO announced",
        f"one in {average:.1f} s",
    )


@check("heartbeat/ack-missing")
def leaves_a_half_open_connection(world: World) -> None:
    """No ACK for three intervals: the link is dead, whatever the socket says."""
    interval = pace.HEARTBEAT_INTERVAL
    world.platform_announces_heartbeat(interval)
    world.bot_is_online()
    session = world.session()

    world.platform_stops_acknowledging()
    login = world.next_login(within=pace.HALF_OPEN)
    world.platform_acknowledges_again()
    require(login.is_resume and login.session_id == session.id, f"RESUME of session {session.id}", login)
    world.comes_online()
