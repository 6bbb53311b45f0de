# ruff: noqa: S311 - dice that fall the same way each time
"""The session machine under arbitrary input: whatever comes in any order, its promises hold."""

import json
import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from reference_client.backoff import SessionStarts
from reference_client.gateway import Gateway
from reference_client.outputs import AbortConnection, CloseConnection, Connect, Deliver, Prepare, SendFrame, Stop
from reference_client.phases import Phase
from reference_client.progress import Seen

INTERVALS = st.sampled_from([0, -1, None, "45000", 1000, 41250, 10**12, 10**400, 0.5, True, 3600_000])
SEQ = st.one_of(st.none(), st.integers(-2, 40), st.sampled_from(["5", 1.5, True, 10**30]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
HELLO = INTERVALS.map(lambda interval: {"op": 10, "d": {"heartbeat_interval": interval}})
READY = st.builds(
    lambda session, s: {"op": 0, "t": "READY", "s": s, "d": {"session_id": session}},
    st.sampled_from(["a", "b", None, 7]),
    SEQ,
)
EVENT = st.builds(
    lambda number, s: {"op": 0, "t": "C2C_MESSAGE_CREATE", "s": s, "id": f"e{number}", "d": {"id": f"m{number}"}},
    st.integers(0, 30),
    SEQ,
)
OTHER = st.sampled_from(
    [
        {"op": 0, "t": "RESUMED", "d": "", "s": 3},
        {"op": 1},
        {"op": 7},
        {"op": 9, "d": False},
        {"op": 9, "d": True},
        {"op": 11},
        {"op": 11},
        {"op": 42},
    ]
)
ANYTHING = st.fixed_dictionaries({"op": st.integers(-1, 15)}, optional={"d": JSON, "s": JSON, "t": JSON, "id": JSON})
FRAME = st.one_of(HELLO, READY, EVENT, OTHER, ANYTHING).map(json.dumps) | st.text(max_size=10)
CODE = st.sampled_from([None, 1000, 1006, 4000, 4004, 4006, 4007, 4008, 4009, 4902, 4903, 4321]) | st.integers(
    1000, 4999
)
STEP = st.one_of(
    st.tuples(st.just("frame"), FRAME),
    st.tuples(st.just("frame"), HELLO.map(json.dumps)),
    st.tuples(st.just("frame"), READY.map(json.dumps)),
    st.tuples(st.just("opened"), st.none()),
    st.tuples(st.just("closed"), CODE),
    st.tuples(st.just("late close"), CODE),
    st.tuples(st.just("wait"), st.sampled_from([0.0, 0.01, 0.5, 3.0, 20.0, 45.0, 100.0])),
    st.tuples(st.just("finish"), st.none()),
)


class Watched:
    """Drives a machine and watches its promises."""

    def __init__(self):
        self.now = 50.0
        self.gateway = Gateway(intents=1, shard=(0, 1), starts=SessionStarts(), seen=Seen(), random=random.Random(1))
        self.alive = None
        self.stopped = False
        self.delivered = []
        self.ids = []
        self.beats = []
        self.identified = []
        self.obey(self.gateway.start(self.now))

    def obey(self, outputs):
        for output in outputs:
            assert not self.stopped, f"{output} after Stop"
            match output:
                case Prepare():
                    self.obey(self.gateway.prepared("t", self.now))
                case Connect(number):
                    assert self.alive is None, "two connections at once"
                    self.alive = number
                    self.beats = []
                case AbortConnection(number):
                    if number == self.alive:
                        self.alive = None
                case SendFrame(number, text):
                    assert number == self.alive
                    self.sent(json.loads(text))
                case CloseConnection(number):
                    assert number == self.alive
                case Deliver(event):
                    assert event.id is None or event.id not in self.ids, "delivered twice"
                    self.ids.append(event.id)
                    self.delivered.append(event)
                case Stop():
                    self.stopped = True

    def sent(self, frame):
        if frame["op"] == 1:
            self.beats.append(self.now)
        if frame["op"] == 2:
            self.identified.append(self.now)
        if frame["op"] == 6:
            assert frame["d"]["session_id"]
            assert frame["d"]["seq"] >= 0

    def wait(self, seconds):
        end = self.now + seconds
        while (deadline := self.gateway.next_deadline()) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            before = (self.gateway.phase, self.gateway.connection)
            self.obey(self.gateway.tick(self.now))
            after = self.gateway.next_deadline()
            moved = before != (self.gateway.phase, self.gateway.connection)
            assert moved or after is None or after > self.now, "a deadline that does not move is a busy loop"
        self.now = end

    def step(self, what, value):
        number = self.gateway.connection
        match what:
            case "frame":
                self.obey(self.gateway.receive(number, value, self.now))
            case "opened" if self.alive == number:
                self.obey(self.gateway.opened(number, self.now))
            case "closed" if self.alive is not None:
                self.alive = None
                self.obey(self.gateway.closed(number, value, "", self.now))
            case "late close":
                self.obey(self.gateway.closed(number - 1, value, "", self.now))
            case "wait":
                self.wait(value)
            case "finish" if self.delivered:
                self.gateway.finished(self.delivered.pop())


@settings(max_examples=300, deadline=None)
@given(st.lists(STEP, max_size=60))
def test_no_sequence_of_events_breaks_a_promise(steps):
    watched = Watched()
    for what, value in steps:
        watched.step(what, value)
    gaps = [later - earlier for earlier, later in pairwise(watched.identified)]
    assert all(gap >= 5.0 for gap in gaps), "IDENTIFY faster than the platform allows"


@settings(max_examples=50, deadline=None)
@given(
    interval=st.integers(100, 600_000),
    late=st.lists(st.floats(0, 0.4), min_size=5, max_size=30),
)
def test_while_acknowledged_heartbeats_are_never_further_apart_than_the_interval(interval, late):
    watched = Watched()
    watched.wait(0.0)
    watched.step("opened", None)
    watched.step("frame", json.dumps({"op": 10, "d": {"heartbeat_interval": interval}}))
    watched.step("frame", json.dumps({"op": 0, "t": "READY", "s": 1, "d": {}}))
    seconds = interval / 1000
    for fraction in late:
        watched.wait(seconds * fraction)
        watched.step("frame", '{"op":11}')
        watched.wait(seconds * (1 - fraction))
    assert watched.gateway.connection == 1
    assert len(watched.beats) >= len(late)
    assert all(later - earlier <= seconds + 1e-6 for earlier, later in pairwise(watched.beats))


@settings(max_examples=100, deadline=None)
@given(st.lists(CODE, min_size=1, max_size=40), st.floats(0, 4))
def test_however_it_is_closed_session_starts_stay_bounded(codes, held):
    """A platform that takes us in and throws us out again and again."""
    watched = Watched()
    begun = watched.now
    for code in codes:
        for _ in range(300):
            if watched.gateway.phase is Phase.DIALLING or watched.stopped:
                break
            watched.wait(1.0)
        if watched.stopped:
            return
        watched.step("opened", None)
        watched.step("frame", '{"op":10,"d":{"heartbeat_interval":30000}}')
        watched.wait(6.0)
        if watched.gateway.phase is Phase.AUTHENTICATING:
            watched.step("frame", '{"op":0,"t":"READY","s":1,"d":{"session_id":"x"}}')
        watched.wait(held)
        watched.step("closed", code)
    assert len(watched.identified) <= 8 + (watched.now - begun) / 10
