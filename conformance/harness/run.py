"""One case from beginning to end: a world, a bot, the story, the verdict, and nothing left behind."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

import pytest

from conformance.harness import pace
from conformance.harness.adapter import Adapter
from conformance.harness.journal import connected, unmodelled
from conformance.harness.speed import hurried
from conformance.harness.world import World
from conformance.outcome import Outcome
from conformance.report.timeline import timeline
from conformance.report.wire import redact, secrets_in, transcript
from conformance.requirements import is_newer
from conformance.verdict import EXCUSABLE, Broken, Finding, Inconclusive, Unmet, Unsupported, Verdict, weigh

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.harness.bench import Bench
    from conformance.harness.platform import Place
    from conformance.registry import Case

OUTPUT_LINES = 20
"""Lines of the adapter's output that a failure shows."""

OUTPUT_WIDTH = 400
"""Characters of such a line."""

STOP_GRACE = 2.0
"""Real seconds between SIGTERM and SIGKILL. How a bot stops is judged by the chapter lifecycle alone."""


def run(case: Case, bench: Bench) -> tuple[Outcome, BaseException | None]:
    """Run a case; returns what came of it, and the exception that ended it if one did.

    Only an interrupt of the whole run is raised.
    """
    began = time.monotonic()
    outcome = Outcome(id=case.id, row_id=case.row.id, verdict=Verdict.PASS)
    error: BaseException | None = None
    try:
        bench.probes.demand(case.row.features)
        place = bench.platform.new_place()
        error = _play(case, place, bench, outcome)
        place.control.delete()
        bench.platform.heard_of_adapter(outcome.connected)
    except Unsupported as finding:
        error = finding
        outcome.connected = True  # a probe found it well, and without the feature
    except Exception as trouble:  # noqa: BLE001 (whatever goes wrong here is ours, and must not end the run)
        error = trouble
    if error is not None:
        _judge(case, error, outcome)
    elif outcome.remarks:
        outcome.verdict = Verdict.WARN
    if outcome.verdict is Verdict.BROKEN:
        bench.platform.close()
    if is_newer(case.row, bench.requirements):
        _set_aside(outcome, bench.requirements)
    _overlay(outcome, bench.known_failing)
    outcome.seconds = round(time.monotonic() - began, 3)
    return outcome, error


def _play(case: Case, place: Place, bench: Bench, outcome: Outcome) -> BaseException | None:
    """Run the steps, stop the bot, and keep the evidence."""
    command = dataclasses.replace(bench.command, speed=hurried(bench.command.speed, case.check.hurry))
    adapter = Adapter(command, place.ready, app_id=place.control.app_id, secret=place.secret, check_id=case.id)
    strain = bench.machine.strain(place.ready.pid, adapter)
    mark = strain.mark()
    world = World(place.control, adapter, command.speed, strain)
    error: BaseException | None = None
    try:
        try:
            case.judge(world)
        except (Exception, pytest.fail.Exception) as raised:  # noqa: BLE001 (weighed by the caller; the second is pytest-timeout's)
            error = doubted(raised, strain.worst(mark), command.speed)
        if bench.hold is not None:
            bench.hold(case, place, adapter, error)
    finally:
        adapter.stop(STOP_GRACE)
    outcome.remarks = world.remarks
    entries = world.entries
    outcome.connected = connected(entries)
    outcome.unmodelled = unmodelled(entries)
    secrets = {place.secret, *secrets_in(entries)}
    zero = world.started_at if world.started_at is not None else entries[0]["at"] if entries else 0.0
    outcome.timeline = timeline(entries, zero=zero, secrets=secrets, decisive=getattr(error, "decisive", None))
    if error is not None or outcome.remarks:
        outcome.wire = [redact(line, secrets) for line in transcript(entries, zero=zero)]
        printed = redact(adapter.stderr_tail(OUTPUT_LINES), secrets)
        outcome.output = [line[:OUTPUT_WIDTH] for line in printed.splitlines()]
    return error


def doubted(error: BaseException, lateness: float, speed: float) -> BaseException:
    """The error; a missed demand of time is doubted when stamps that are so late (real seconds) explain the miss."""
    if not isinstance(error, Unmet) or error.off_by is None:
        return error
    possible = pace.STAMPS * lateness * speed
    if error.off_by >= possible:
        return error
    return Inconclusive(
        f"{error.observed}; missed by {error.off_by:.1f} s of the adapter's clock, while this machine was late by up "
        f"to {possible:.1f} s of it",
        expected=error.expected,
    )


def _judge(case: Case, error: BaseException, outcome: Outcome) -> None:
    """Turn what ended the story into a verdict; what is no finding is our own fault."""
    if not isinstance(error, Finding):
        error = Broken(f"{type(error).__name__}: {error}", expected="the suite works")
    outcome.verdict = weigh(error, case.row.level)
    outcome.expected = error.expected
    outcome.observed = error.observed


def _set_aside(outcome: Outcome, requirements: str) -> None:
    """What a newer row finds is worth knowing, and is no failure."""
    if outcome.verdict in (Verdict.FAIL, Verdict.WARN, Verdict.BLOCKED):
        outcome.verdict = Verdict.INFO
        outcome.remarks.append(f"newer than the requirements of {requirements}, which it does not count for")


def _overlay(outcome: Outcome, known_failing: Mapping[str, str]) -> None:
    """What the known-failing file says of this case, laid over the verdict."""
    reason = known_failing.get(outcome.id)
    if reason is None:
        return
    outcome.known = reason
    if outcome.verdict is Verdict.PASS:
        outcome.verdict = Verdict.SURPRISE
        outcome.expected = f"it fails, as the known-failing file says: {reason}"
        outcome.observed = "it passes; take the line out of the file"
    elif outcome.verdict in EXCUSABLE:
        outcome.verdict = Verdict.KNOWN_FAILING
