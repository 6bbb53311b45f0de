"""Chapter heartbeat: op 1, its pace, and what a missing op 11 means."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.journal import gaps
from conformance.harness.judging import require
from conformance.registry import check

if TYPE_CHECKING:
    from conformance.harness.world import World


@check("heartbeat/follows-hello", takes=70)
def keeps_the_pace_of_hello(world: World) -> None:
    """Op 1 at the announced interval, from READY on, over several beats."""
    interval = pace.HEARTBEAT_INTERVAL
    world.platform_announces_heartbeat(interval)
    ready = world.bot_is_online()

    beats = world.heartbeats(5, since=ready, within=pace.MISSING_HEARTBEAT)
    pauses = gaps([beat["at"] for beat in (ready, *beats)])
    shown = ", ".join(f"{pause:.1f} s" for pause in pauses)
    limit, least = pace.LATE_HEARTBEAT * interval.seconds, pace.EARLY_HEARTBEAT * interval.seconds
    # The median: one late beat is a busy moment of the machine, most of them late is another pace.
    require(statistics.median(pauses) <= limit, f"a heartbeat at least every {limit:.1f} s", f"after {shown}")
    require(
        statistics.mean(pauses) >= least,
        f"about one heartbeat in {interval.seconds:.0f} s, as HELLO says",
        f"after {shown}",
    )


@check("heartbeat/ack-missing", takes=40)
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
