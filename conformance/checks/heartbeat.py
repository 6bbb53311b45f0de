"""Chapter heartbeat: op 1, its pace, and what a missing op 11 means."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.journal import gaps
from conformance.harness.judging import oldest, only_if, require, require_pace
from conformance.harness.words.heartbeat import is_pace_of, told
from conformance.registry import check
from fakeqq.wire.close_codes import CloseCode
from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from conformance.harness.world import World

ABSURD = {
    "zero": {"heartbeat_interval": 0},
    "negative": {"heartbeat_interval": -41250},
    "missing": {},
    "huge": {"heartbeat_interval": 10**12},
}


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
    median, mean = statistics.median(pauses), statistics.mean(pauses)
    expected = f"a heartbeat at least every {limit:.1f} s"
    slowest, quickest = (beats[pauses.index(pick(pauses))]["id"] for pick in (max, min))
    require_pace(median <= limit, expected, f"after {shown}", off_by=median - limit, decisive=slowest)
    expected = f"about one heartbeat in {interval.seconds:.0f} s, as HELLO says"
    require_pace(mean >= least, expected, f"after {shown}", off_by=least - mean, decisive=quickest)


@check("heartbeat/every-connection", takes=45)
def follows_the_hello_of_each_connection(world: World) -> None:
    """The second connection has an interval of its own; a loop that lives on from the first would be too fast."""
    first, second = pace.BRISK_HEARTBEAT, pace.CHANGED_HEARTBEAT
    world.platform_announces_heartbeat(first)
    ready = world.bot_is_online()
    pauses = world.pulse(2, since=ready, within=first.times(pace.FOLLOWS_LOOSELY))
    follows = is_pace_of(first, pauses, fastest=pace.EARLY_HEARTBEAT, slowest=pace.FOLLOWS_LOOSELY)
    only_if(follows, f"pauses of {told(pauses)} on the first connection: its pace is not HELLO's, but its own")

    world.platform_announces_heartbeat(second)
    world.platform_asks_to_reconnect(then_close=CloseCode.SESSION_TIMED_OUT)
    online = world.comes_online()
    pauses = world.pulse(2, since=online, within=pace.NEXT_BEAT)
    require(
        is_pace_of(second, pauses, fastest=pace.NEW_PACE, slowest=pace.LATE_HEARTBEAT),
        f"a heartbeat every {second.seconds:.0f} s on the new connection, no longer every {first.seconds:.0f} s",
        f"pauses of {told(pauses)}",
    )


@check("heartbeat/last-seq", takes=15)
def reports_the_highest_s(world: World) -> None:
    """`d` is the highest `s` of a dispatch; ACKs with `s` 0, null or none change nothing."""
    world.platform_announces_heartbeat(pace.BRISK_HEARTBEAT)
    world.bot_is_online()
    odd = [{"op": Op.HEARTBEAT_ACK.value, "s": s} for s in (0, None)]
    world.platform_misbehaves(
        *(
            {"name": "odd-ack", "on": "ws: ACK", "nth": nth, "do": [{"verb": "send", "frame": ack}, {"verb": "drop"}]}
            for nth, ack in enumerate(odd, start=1)
        )
    )
    session = world.session()

    beats = world.keeps_beating(len(odd) + 1, session.connection, within=pace.NEXT_BEAT)
    shown = f"`d` of the next heartbeats: {', '.join(str(beat['frame'].get('d')) for beat in beats)}"
    wrong = [beat for beat in beats if beat["frame"].get("d") != session.last_s]
    require(not wrong, f"`d` is {session.last_s}, the highest `s` so far", shown, decisive=oldest(wrong))
    early = [beat for beat in world.heartbeats_before_ready() if beat["frame"].get("d")]
    shown = f"`d`: {', '.join(str(beat['frame']['d']) for beat in early)}"
    require(not early, "`d` is null before the first dispatch", shown, decisive=oldest(early))


@check("heartbeat/ack-missing", takes=40)
def leaves_a_half_open_connection(world: World) -> None:
    """No ACK for three intervals: the link is dead, whatever the socket says."""
    interval = pace.HEARTBEAT_INTERVAL
    world.platform_announces_heartbeat(interval)
    world.bot_is_online()
    session = world.session()

    world.platform_stops_acknowledging()
    stopped = world.now()
    login = world.next_login(within=pace.HALF_OPEN)
    world.took_at_most(pace.HALF_OPEN, since=stopped, until=login)
    world.platform_acknowledges_again()
    require(login.is_resume and login.session_id == session.id, f"RESUME of session {session.id}", login)
    world.comes_online()


@check("heartbeat/one-late-ack", takes=60)
def forgives_one_late_ack(world: World) -> None:
    """One ACK is late; then one is lost, and the connection with it; on the next one ACK is late again."""
    interval = pace.PATIENT_HEARTBEAT
    world.platform_announces_heartbeat(interval)
    ready = world.bot_is_online()
    delay = {"verb": "delay", "seconds": pace.LATE_ACK * interval.seconds}
    late = {"name": "late", "on": "ws: ACK", "nth": 1, "do": [delay]}
    world.platform_misbehaves(late, {"name": "lost", "on": "ws: ACK", "nth": 3, "do": [{"verb": "drop"}]})
    world.keeps_beating(3, ready["connection"], within=pace.NEXT_BEAT)

    world.platform_asks_to_reconnect(then_close=CloseCode.SESSION_TIMED_OUT)
    online = world.comes_online()
    world.platform_misbehaves(late)
    world.keeps_beating(2, online["connection"], within=pace.NEXT_BEAT)
    world.stays(online["connection"])


@check("heartbeat/not-chained", takes=30)
def beats_whatever_the_acks_do(world: World) -> None:
    """One ACK comes two times: no faster for that. One is lost: no end of the heartbeats for that."""
    world.platform_announces_heartbeat(pace.QUICK_HEARTBEAT)
    ready = world.bot_is_online()
    usual = world.pulse(1, since=ready, within=pace.NEXT_BEAT)
    require(bool(usual), "heartbeats (op 1), one after the other", "one at most, then silence")

    doubled, lost = 1, 3  # two pauses between them: a doubled timer beats in pairs, so that one of them is nothing
    world.platform_misbehaves(
        {"name": "doubled", "on": "ws: ACK", "nth": doubled, "do": [{"verb": "twice"}]},
        {"name": "lost", "on": "ws: ACK", "nth": lost, "do": [{"verb": "drop"}]},
    )
    beats = world.keeps_beating(lost, ready["connection"], within=pace.NEXT_BEAT)
    pauses, least = gaps([beat["at"] for beat in beats]), pace.UNCHAINED_PACE * statistics.mean(usual)
    faster = f"pauses of {told(pauses)}, and of {told(usual)} before"
    mean = statistics.mean(pauses)
    require_pace(
        mean >= least,
        "the same pace after an ACK that came two times",
        faster,
        off_by=least - mean,
        decisive=beats[pauses.index(min(pauses)) + 1]["id"],
    )

    entry = world.beats_or_leaves(ready["connection"], since=beats[-1]["id"], within=pace.NEXT_BEAT)
    require(entry is not None, "the next heartbeat, although an ACK is missing", "silence")
    only_if(entry is None or entry.get("op") == Op.HEARTBEAT, "the bot leaves when a single ACK is missing")


@check("heartbeat/quiet-is-healthy", takes=340, hurry=3)
def stays_where_nobody_speaks(world: World) -> None:
    """Minutes without a dispatch, and every heartbeat has its ACK: that is a healthy connection."""
    connection = world.bot_is_online()["connection"]
    world.nothing_happens(connection, pace.QUIET_SPELL)
    world.stays(connection)


@check("heartbeat/server-asks")
def bears_to_be_asked(world: World) -> None:
    """Op 1 from the platform, before each of three messages."""
    connection = world.bot_is_online()["connection"]
    asked = {"name": "asked", "on": "dispatch: C2C_MESSAGE_CREATE", "times": None, "do": [{"verb": "heartbeat"}]}
    world.platform_misbehaves(asked)
    for _ in range(3):
        world.stays(connection)


@check("heartbeat/absurd-interval", each=tuple(ABSURD), takes=50)
def has_bounds_for_the_interval(world: World, kind: str) -> None:
    """No timer without a floor, and no heartbeat in thirty years."""
    world.platform_greets_once_with(ABSURD[kind])
    world.bot_starts()
    world.is_greeted()
    ready = world.is_let_in(within=pace.NOT_SILENT)
    most, span = pace.FLOODING_BEATS, pace.FLOOD
    count = world.heartbeats_within(span, since=ready, most=most, patience=pace.NOT_SILENT)
    require(count < most, f"fewer than {most} heartbeats in {span.seconds:.0f} s", f"{most} and more")
