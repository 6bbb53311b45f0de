"""The platform's core on a clock that only the test moves: no socket, no loop, no waiting."""

import json
from random import Random

from fakeqq.core.gateway.outputs import CloseSocket, DropSocket, SendText
from fakeqq.core.platform import Platform, PlatformOptions
from fakeqq.core.rest import exchange
from fakeqq.wire import frames

EPOCH = 1_790_000_000.0
APP_ID, SECRET = "102000001", "a-secret"
C2C = 1 << 25
MOST_TICKS = 10_000
"""In one flow of time."""
ROUNDING = 1e-9
"""Seconds that a tick comes late: a deadline on one clock is the other's up to rounding."""


class Peer:
    """A bot's end of one gateway socket."""

    def __init__(self, stage, connection):
        self.stage = stage
        self.connection = connection

    def send(self, frame):
        """Say one frame, an object or raw text or bytes, and return what came back."""
        raw = frame if isinstance(frame, str | bytes) else frames.encode(frame)
        self.connection.receive(raw, self.stage.platform.now(self.connection.world, self.stage.real))
        return self.take()

    def identify(self, intents=C2C, shard=(0, 1), token=None):
        token = self.stage.token() if token is None else token
        return self.send(json.loads(frames.identify(f"QQBot {token}", intents, shard)))

    def resume(self, session_id, seq, token=None):
        token = self.stage.token() if token is None else token
        return self.send(json.loads(frames.resume(f"QQBot {token}", session_id, seq)))

    def beat(self, seq=1):
        return self.send({"op": 1, "d": seq})

    def take(self):
        """What the platform has said: frames as objects, text that is no frame as text, endings as they are."""
        return [self._read(output) for output in self.connection.take_outputs()]

    def leave(self, code=1000):
        self.connection.lost(code, "", self.stage.platform.now(self.connection.world, self.stage.real), by_client=True)

    @staticmethod
    def _read(output):
        if not isinstance(output, SendText):
            return output
        try:
            return json.loads(output.text)
        except ValueError:
            return output.text


class Stage:
    """One platform with one world, and a clock."""

    def __init__(self, *, settings=None, **options):
        self.real = 0.0
        self.platform = Platform(PlatformOptions(epoch=EPOCH, real=0.0, random=Random, seed=7, **options))
        self.world = self.platform.create_world(APP_ID, SECRET, settings or {}, 0.0)

    @property
    def now(self):
        return self.world.clock.at(self.real)

    def token(self):
        return self.platform.issue_token(self.world, self.now)[0]

    def connect(self, door="world", *, own_door=False):
        world = self.world if door == "world" else door
        connection = self.platform.open_connection(world, self.real, own_door=own_door)
        connection.opened("/websocket", self.platform.now(world, self.real))
        return Peer(self, connection)

    def online(self, **identify):
        """A peer that has its READY, and the session id in it."""
        peer = self.connect()
        peer.take()
        (ready,) = peer.identify(**identify)
        return peer, ready["d"]["session_id"]

    def flow(self, seconds):
        """Let time pass for everybody and tick the connections whose deadline came, in order."""
        end = self.real + seconds
        for _ in range(MOST_TICKS):
            due = [
                (self.world.clock.real_at(connection.next_deadline()), connection.number, connection)
                for connection in self.world.live_connections()
                if connection.next_deadline() is not None
            ]
            due = [item for item in due if item[0] <= end]
            if not due:
                self.real = end
                return
            real, _, connection = min(due, key=lambda item: item[:2])
            self.real = max(self.real, real)
            connection.tick(self.world.clock.at(self.real + ROUNDING))
        raise AssertionError(f"{connection.as_json()} has something to do for ever")

    def say(self, text="ping", user=None, group=None):
        return self.world.say(text, user, group, self.now)

    def faults(self, *faults):
        self.world.faults.replace(faults)

    def set(self, **settings):
        self.world.settings = self.world.settings.changed(settings)

    def request(self, method, path, body=None, *, token=None, headers=None, query="", door=None):
        """One HTTP request; `body` an object, or bytes as they are. Returns the reply."""
        raw = body if isinstance(body, bytes) else b"" if body is None else frames.encode(body).encode()
        sent = {"content-type": "application/json", "host": "127.0.0.1"}
        if token is not False:
            sent["authorization"] = f"QQBot {token or self.token()}"
        sent |= headers or {}
        request = exchange.Request(method, path, query, sent, raw, "ws://127.0.0.1:8787", door)
        reply = exchange.answer(self.platform, request, self.real)
        if not reply.hang:
            exchange.answered(self.platform, reply, self.real)
        return reply

    def reply(self, said, text="pong", **fields):
        """A passive reply to what `say` returned."""
        body = {"content": text, "msg_id": said["message_id"], **fields}
        scene = f"groups/{said['group']}" if said["group"] else f"users/{said['user']}"
        return self.request("POST", f"/v2/{scene}/messages", body)

    def entries(self, kind=None):
        return [entry for entry in self.world.journal.since(0) if kind in (None, entry["kind"])]


def ending(code, reason=""):
    return CloseSocket(code, reason)


DROPPED = DropSocket()


def said(outputs):
    """The `t` of dispatches, the op of other frames, the code of a close, "drop" for a drop, text as it is."""
    names = []
    for output in outputs:
        if isinstance(output, CloseSocket):
            names.append(output.code)
        elif isinstance(output, DropSocket):
            names.append("drop")
        elif isinstance(output, str):
            names.append(output)
        else:
            names.append(output.get("t") or f"op{output.get('op')}")
    return names


def body_of(reply):
    return json.loads(reply.body)
