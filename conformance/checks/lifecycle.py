"""Chapter lifecycle: how a bot ends, comes back, and what it costs to let it run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.judging import newest, only_if, require
from conformance.harness.speed import UNHURRIED
from conformance.registry import check

if TYPE_CHECKING:
    from conformance.harness.world import World

NO_CLOSE_FRAME = (None, 1005, 1006)
"""What stands for a close frame that never came."""

MEGABYTE = 2**20


@check("lifecycle/sigterm", takes=10, hurry=UNHURRIED)
def stops_when_asked_to(world: World) -> None:
    """Who just dies leaves the platform to find out; until then what is said goes nowhere."""
    world.bot_is_online()
    connection = world.session().connection

    world.bot_is_asked_to_stop()
    world.exits(within=pace.EXITS)
    end = world.connection_ends(connection, within=pace.CLOSES)
    require(
        end["by"] == "client" and end["code"] not in NO_CLOSE_FRAME,
        "a close frame before the end of the connection",
        f"the connection ended without one (code {end['code']}, by the {end['by']})",
    )


@check("lifecycle/stays-quiet", takes=30)
def stays_quiet_after_the_exit(world: World) -> None:
    """What goes on after the exit, in a child process or a loop of its own, answers beside the next start."""
    world.platform_announces_heartbeat(pace.QUICK_HEARTBEAT)
    world.bot_is_online()

    world.bot_is_asked_to_stop()
    only_if(world.has_exited(within=pace.EXITS), "it does not end when asked to, which lifecycle/sigterm is about")
    world.all_connections_end(within=pace.CLOSES)
    world.stays_quiet(during=pace.QUIET)


@check("lifecycle/restart", takes=20)
def comes_back_once_after_a_restart(world: World) -> None:
    """Stopped, spoken to, started again while its session could still be resumed."""
    world.sessions_live(pace.SESSION_LIFE)
    world.bot_is_online()
    before = (world.user_says(), world.user_says())
    world.each_is_answered_once(*before)

    world.bot_is_stopped()
    missed = world.user_says()
    world.bot_starts_again()
    first = world.next_login(within=pace.STARTS)
    world.comes_online(within=pace.STARTS)
    world.each_is_answered_once(world.user_says())
    later = [login for login in world.all_logins() if login.id > first.id]
    told = f"{first}, then {', '.join(map(str, later))}"
    require(not later, "one login after the restart", told, decisive=later[0].id if later else None)
    for message in before:
        seen, expected = world.answers_to(message), "no second answer to what was answered before the restart"
        require(len(seen) == 1, expected, f"{len(seen)} answers", decisive=newest(seen))
    seen, expected = world.answers_to(missed), "one answer at most to what was said meanwhile"
    require(len(seen) <= 1, expected, f"{len(seen)} answers", decisive=newest(seen))


@check("lifecycle/leaks", takes=120)
def does_not_grow(world: World) -> None:
    """The first reconnects fill caches; what the others leave behind is left behind for ever."""
    world.bot_is_online()
    world.reconnects(pace.WARM_UP_RECONNECTS, within=pace.MANY_RECONNECTS)
    world.answer_to(world.user_says())
    before = world.footprint()
    times = world.reconnects(pace.RECONNECTS - pace.WARM_UP_RECONNECTS, within=pace.MANY_RECONNECTS)
    world.answer_to(world.user_says())
    after = world.footprint()

    connections = world.open_connections()
    require(connections == 1, "one connection after all reconnects", f"{connections} connections")
    if before is None or after is None:
        return
    grown = after.memory - before.memory
    allowed = max(pace.MEMORY_GROWTH, before.memory * pace.MEMORY_GROWTH_SHARE)
    require(
        grown < allowed,
        f"less than {allowed / MEGABYTE:.0f} MiB more memory after {times} reconnects",
        f"{grown / MEGABYTE:.0f} MiB more, on top of {before.memory / MEGABYTE:.0f} MiB",
    )
    sockets = after.sockets - before.sockets
    require(
        sockets < pace.SOCKET_GROWTH,
        f"fewer than {pace.SOCKET_GROWTH} more sockets after {times} reconnects",
        f"{sockets} more, on top of {before.sockets}",
    )
