# ruff: noqa: S311 - dice that fall the same way each time
"""A platform of a few lines for the session machine, on a clock that jumps."""

import json
import random
from types import SimpleNamespace

import pytest

from reference_client.backoff import SessionStarts
from reference_client.gateway import Gateway
from reference_client.outputs import (
    AbortConnection,
    CloseConnection,
    Connect,
    Deliver,
    Prepare,
    SendFrame,
    Stop,
)
from reference_client.phases import Phase
from reference_client.progress import Seen

INTENTS = 1 << 25
INTERVAL = 40.0


class Rig:
    """A session machine whose outputs are kept, and whose clock stands where it is put."""

    def __init__(self, *, shard=(0, 1), starts=None, seen=None, seed=7, now=1000.0):
        self.now = now
        self.gateway = Gateway(
            intents=INTENTS,
            shard=shard,
            starts=starts or SessionStarts(),
            seen=seen or Seen(),
            random=random.Random(seed),
        )
        self.outputs = []
        self.tokens = 0
        self.token = "token-0"
        self.last_event = 0

    def take(self, outputs):
        """Keep outputs; a Prepare is answered at once, as by a shell with a token at hand."""
        for output in outputs:
            self.outputs.append((self.now, output))
            if isinstance(output, Prepare):
                if output.refused_token is not None:
                    self.tokens += 1
                    self.token = f"token-{self.tokens}"
                self.take(self.gateway.prepared(self.token, self.now))
        return self

    def all(self, kind):
        return [output for _, output in self.outputs if isinstance(output, kind)]

    def forget(self):
        self.outputs.clear()

    @property
    def number(self):
        return self.gateway.connection

    @property
    def phase(self):
        return self.gateway.phase

    def frames(self):
        return [json.loads(frame.text) for frame in self.all(SendFrame)]

    def logins(self):
        return [frame for frame in self.frames() if frame["op"] in {2, 6}]

    def gap_to_connect(self, since):
        return next(at for at, output in self.outputs if isinstance(output, Connect)) - since

    # Time

    def tick(self):
        return self.take(self.gateway.tick(self.now))

    def advance(self, seconds):
        """Let time pass, with a tick at each deadline on the way."""
        end = self.now + seconds
        while (deadline := self.gateway.next_deadline()) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            self.tick()
        self.now = end
        return self

    def until_connect(self, limit=200.0):
        """Let time pass until the next connection is asked for."""
        end = self.now + limit
        seen = len(self.all(Connect))
        while len(self.all(Connect)) == seen:
            deadline = self.gateway.next_deadline()
            assert deadline is not None, f"no deadline in {self.phase}"
            assert deadline <= end, f"nothing for {limit} s in {self.phase}"
            self.now = max(self.now, deadline)
            self.tick()
        return self

    # The platform's side

    def start(self):
        return self.take(self.gateway.start(self.now)).until_connect()

    def open(self):
        return self.take(self.gateway.opened(self.number, self.now))

    def receive(self, **frame):
        return self.take(self.gateway.receive(self.number, json.dumps(frame), self.now))

    def hello(self, interval=INTERVAL):
        return self.receive(op=10, d={"heartbeat_interval": int(interval * 1000)})

    def ready(self, session="session-1", s=1):
        data = {"version": 1, "session_id": session, "user": {"id": "1"}, "shard": [0, 0]}
        return self.receive(op=0, t="READY", s=s, d=data)

    def resumed(self, s=None):
        return self.receive(op=0, t="RESUMED", d="", **({} if s is None else {"s": s}))

    def event(self, s, event_id=None, message_id=None, kind="C2C_MESSAGE_CREATE"):
        data = {"id": message_id or f"message-{s}", "content": "hello"}
        return self.receive(op=0, t=kind, s=s, id=event_id or f"{kind}:{s}", d=data)

    def close(self, code=None, reason="", number=None):
        return self.take(self.gateway.closed(number or self.number, code, reason, self.now))

    def go_online(self):
        """Connect with IDENTIFY, up to READY."""
        return self.start().open().hello().ready()

    def come_back(self):
        """From a connection that is asked for up to the login frame, which is returned."""
        before = len(self.logins())
        self.open().hello()
        assert len(self.logins()) == before + 1
        return self.logins()[-1]

    def assert_sane(self):
        """Only one connection may be alive, and nothing follows the end."""
        assert self.phase is not Phase.IDLE


@pytest.fixture
def make_rig():
    return Rig


@pytest.fixture
def rig():
    return Rig()


@pytest.fixture
def online():
    return Rig().go_online()


@pytest.fixture
def kinds():
    """The outputs' classes by name, for tests that read better with them."""
    return SimpleNamespace(
        abort=AbortConnection, close=CloseConnection, connect=Connect, deliver=Deliver, send=SendFrame, stop=Stop
    )
