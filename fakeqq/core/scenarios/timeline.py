"""What a scenario makes happen by itself: a machine that watches one world's journal and the time.

The shell calls `tick` at `next_deadline`. Things happen after their moment, never in the middle of it: what must happen
to the very frame or answer of a moment is a fault.
"""

from __future__ import annotations

import heapq
import math
from fnmatch import fnmatchcase
from itertools import count
from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import ControlError
from fakeqq.core.faults.faults import STREAM_CHUNK, STREAM_FRAME, WEBHOOK_EVENT, WEBHOOK_VALIDATION
from fakeqq.core.scenarios.actions import Faults, perform
from fakeqq.core.scenarios.scenario import START, WEBHOOK_ACK, faults_of
from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fakeqq.core.clock import Instant
    from fakeqq.core.journal import Entry
    from fakeqq.core.scenarios.actions import Action
    from fakeqq.core.scenarios.scenario import Scenario, Step
    from fakeqq.core.world import World

_FRAMES_OUT = {
    Op.HELLO: "ws: HELLO",
    Op.HEARTBEAT_ACK: "ws: ACK",
    Op.RECONNECT: "ws: RECONNECT",
    Op.INVALID_SESSION: "ws: INVALID_SESSION",
}
_FRAMES_IN = {Op.IDENTIFY: "receive: IDENTIFY", Op.RESUME: "receive: RESUME", Op.HEARTBEAT: "receive: HEARTBEAT"}
_SESSION_EVENTS = frozenset({"READY", "RESUMED"})
# Steps that wait at a time; a scenario that triggers itself without end stops there. Our choice.
PENDING_LIMIT = 10_000


class Timeline:
    """One scenario at work in one world.

    Args:
        on_output: called when something is due, perhaps earlier than before.
    """

    def __init__(self, scenario: Scenario, world: World, on_output: Callable[[Timeline], None]) -> None:
        self.scenario = scenario
        self.world = world
        self._on_output = on_output
        self._pending: list[tuple[float, int, Step, int | None]] = []
        self._order = count()
        self._occurrences = [0] * len(scenario.timeline)
        self._steps_at: dict[str, list[int]] = {}

    def begin(self, now: Instant) -> None:
        """Settings, faults and the secret are in force from now on, and time counts."""
        world, scenario = self.world, self.scenario
        if scenario.secret is not None:
            world.secret = scenario.secret
        world.settings = world.settings.changed(scenario.settings)
        world.faults.replace([fault.model_dump() for fault in scenario.faults])
        world.journal.append(now, "scenario", scenario=scenario.name, action="begin", details={})
        world.journal.listeners.append(self.look)
        self._happened(START, now.steady, None)

    def go_on(self, occurrences: Sequence[int], pending: Iterable[tuple[float, int, int | None]], now: Instant) -> None:
        """Begin in the middle of the day, in a world that has the settings and the faults of that moment.

        Args:
            occurrences: of the moment of each step, so far.
            pending: steady seconds until it is due, the step's index, and the connection it is about.
        """
        world, scenario = self.world, self.scenario
        world.journal.append(now, "scenario", scenario=scenario.name, action="begin", details={"restored": True})
        world.journal.listeners.append(self.look)
        self._occurrences = list(occurrences)
        for after, index, connection in pending:
            self._wait(now.steady + after, scenario.timeline[index], connection)

    def end(self, now: Instant) -> None:
        """Faults are gone, the door is open, nothing happens by itself any more; settings and secret stay."""
        self._pending.clear()
        self.world.journal.listeners.remove(self.look)
        self.world.faults.replace([])
        self.world.doors.reopen(self.world.app_id)
        self.world.journal.append(now, "scenario", scenario=self.scenario.name, action="end", details={})
        self._on_output(self)

    def look(self, entry: Entry) -> None:
        """One journal entry: is it a moment that something waits for?"""
        moment = moment_of(entry)
        if moment is not None:
            self._happened(moment, entry["elapsed"], entry.get("connection"))

    def next_deadline(self) -> float | None:
        """Steady seconds at which `tick` is due, or None."""
        return self._pending[0][0] if self._pending else None

    def tick(self, now: Instant) -> None:
        """Do what is due."""
        due = []
        while self._pending and self._pending[0][0] <= now.steady:
            due.append(heapq.heappop(self._pending))
        for at, _, step, number in due:
            if number is not None and number not in self.world.connections and step.every is not None:
                continue
            again = at
            while again <= now.steady:
                for action in step.do:
                    self._act(action, number, now)
                again += step.every or math.inf
            if step.every is not None:
                self._wait(again, step, number)

    def progress(self, now: Instant) -> tuple[list[int], list[tuple[float, int, int | None]]]:
        """What `go_on` takes."""
        steps = self.scenario.timeline
        pending = [(at - now.steady, steps.index(step), number) for at, _, step, number in self._in_order()]
        return list(self._occurrences), pending

    def as_json(self) -> dict[str, Any]:
        pending = [{"at": at, "connection": number, "do": [action.act for action in step.do]}
                   for at, _, step, number in self._in_order()]  # fmt: skip
        return {"scenario": self.scenario.name, "pending": pending}

    def _in_order(self) -> list[tuple[float, int, Step, int | None]]:
        return sorted(self._pending, key=lambda item: item[:2])

    def _act(self, action: Action, number: int | None, now: Instant) -> None:
        details = action.model_dump(mode="json", exclude={"act"}, exclude_defaults=True)
        entry = {"scenario": self.scenario.name, "action": action.act, "details": details}
        connections = self.world.connections
        concerned = (
            list(connections.values()) if number is None else [connections[number]] if number in connections else []
        )
        self.world.journal.append(now, "scenario", **entry, **({} if number is None else {"about": number}))
        if isinstance(action, Faults):
            action = action.model_copy(update={"faults": faults_of(action.faults)})
        try:
            perform(action, self.world, concerned, now)
        except ControlError as refusal:
            self.world.journal.append(now, "scenario", **entry, skipped=refusal.message)

    def _happened(self, moment: str, at: float, connection: int | None) -> None:
        steps = self._steps_at.get(moment)
        if steps is None:
            timeline = self.scenario.timeline
            steps = [index for index, step in enumerate(timeline) if fnmatchcase(moment, step.on)]
            self._steps_at[moment] = steps
        for index in steps:
            self._occurrences[index] += 1
            step = self.scenario.timeline[index]
            if step.fires_on(self._occurrences[index]):
                self._wait(at + step.after, step, connection)

    def _wait(self, at: float, step: Step, connection: int | None) -> None:
        if len(self._pending) < PENDING_LIMIT:
            heapq.heappush(self._pending, (at, next(self._order), step, connection))
            self._on_output(self)


def moment_of(entry: Entry) -> str | None:
    """The moment that a journal entry tells of, in the words of faults, or None."""
    moment: str | None = None
    match entry["kind"]:
        case "ws.out":
            moment = _frame_out(entry)
        case "ws.in":
            moment = _FRAMES_IN.get(entry["op"])
        case "http.request" if entry["operation"]:
            moment = f"http: {entry['operation']}"
        case "ws.open":
            moment = "connect"
        case "user.stream":
            moment = STREAM_CHUNK if entry["dialect"] == "s1" else STREAM_FRAME
        case "webhook.request" | "webhook.response":
            moment = _delivery(entry)
        case _:
            pass
    return moment


def _frame_out(entry: Entry) -> str | None:
    if entry["op"] != Op.DISPATCH or entry["t"] is None:
        return _FRAMES_OUT.get(entry["op"])
    return f"ws: {entry['t']}" if entry["t"] in _SESSION_EVENTS else f"dispatch: {entry['t']}"


def _delivery(entry: Entry) -> str | None:
    if entry["kind"] == "webhook.request":
        return WEBHOOK_VALIDATION if entry["purpose"] == "validation" else WEBHOOK_EVENT
    return WEBHOOK_ACK if entry["acked"] and entry["purpose"] == "event" else None
