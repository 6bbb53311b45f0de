"""Many bots in one process: raw WebSockets that log in, heartbeat, resume when told to, and count what they get.

`swarm.py PORT BOTS EVENTS`, tokens one a line on stdin; prints one line when all are online. A further line on stdin
says that all events are dispatched: what has not come after a grace period is lost, and the last line counts it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys

import uvloop

UPGRADE = (
    b"GET /websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
INTENTS = 1 << 25
# Far shorter than any HELLO asks for, so that every bot heartbeats many times while it is measured.
INTERVAL_SECONDS = 1.0
# What is under way when all is dispatched arrives within a second here; a bot that resumes needs a few more.
GRACE_SECONDS = 30.0


class Bot:
    """One bot over as many connections as it takes."""

    def __init__(self, swarm: Swarm, token: str) -> None:
        self.swarm = swarm
        self.token = token
        self.session_id: str | None = None
        self.s = 0
        self.seen: set[str] = set()
        self.link: Link | None = None

    async def dial(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: Link(self), "127.0.0.1", self.swarm.port)

    def login(self) -> dict:
        if self.session_id is None:
            return {"op": 2, "d": {"token": self.token, "intents": INTENTS, "shard": [0, 1]}}
        return {"op": 6, "d": {"token": self.token, "session_id": self.session_id, "seq": self.s}}

    def dispatched(self, frame: dict) -> None:
        self.s = max(self.s, frame["s"])
        if frame["t"] == "READY":
            self.session_id = frame["d"]["session_id"]
            self.swarm.online += 1
            self.swarm.changed.set()
        elif frame["t"] != "RESUMED":
            self.swarm.received += 1
            if frame["id"] not in self.seen:
                self.seen.add(frame["id"])
                self.swarm.missing -= 1
                self.swarm.changed.set()


class Link(asyncio.Protocol):
    """One connection: the handshake's answer, then server frames."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.buffer = b""
        self.upgraded = False
        self.beating: asyncio.TimerHandle | None = None
        self.unanswered = 0  # heartbeats without their ACK

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.bot.link = self
        transport.write(UPGRADE)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.upgraded:
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            if not end:
                return
            assert b" 101 " in head, head
            self.upgraded, self.buffer = True, rest
        while (frame := self.next_frame()) is not None:
            opcode, payload = frame
            if opcode == 8:
                self.transport.close()
                return
            self.heard(json.loads(payload))

    def next_frame(self) -> tuple[int, bytes] | None:
        buffer = self.buffer
        if len(buffer) < 4:
            return None
        length, start = buffer[1] & 127, 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4], "big"), 4
        if len(buffer) < start + length:
            return None
        self.buffer = buffer[start + length :]
        return buffer[0] & 15, buffer[start : start + length]

    def heard(self, frame: dict) -> None:
        op = frame["op"]
        if op == 0:
            self.bot.dispatched(frame)
        elif op == 10:
            self.say(self.bot.login())
            self.beating = asyncio.get_running_loop().call_later(INTERVAL_SECONDS, self.beat)
        elif op == 11:
            self.unanswered -= 1
            self.bot.swarm.acks += 1
            self.bot.swarm.changed.set()
        elif op == 7:
            self.transport.close()
        elif op == 9:
            raise SystemExit("a session was refused")

    def beat(self) -> None:
        self.say({"op": 1, "d": self.bot.s})
        self.unanswered += 1
        self.bot.swarm.beats += 1
        self.beating = asyncio.get_running_loop().call_later(INTERVAL_SECONDS, self.beat)

    def rest(self) -> None:
        """Beat no more."""
        if self.beating is not None:
            self.beating.cancel()

    def say(self, frame: dict) -> None:
        payload = json.dumps(frame).encode()
        self.transport.write(b"\x81\xfe" + len(payload).to_bytes(2, "big") + b"\0\0\0\0" + payload)

    def connection_lost(self, _: Exception | None) -> None:
        self.rest()
        self.bot.link = None
        self.bot.swarm.spawn(self.bot.dial())


class Swarm:
    """All bots, and what they have together."""

    def __init__(self, port: int, events: int) -> None:
        self.port = port
        self.events = events
        self.online = 0
        self.received = 0
        self.missing = 0  # events that some bot has not seen
        self.beats = 0
        self.acks = 0
        self.bots: list[Bot] = []
        self.changed = asyncio.Event()
        self.tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def go_online(self, tokens: list[str]) -> None:
        self.bots = [Bot(self, token) for token in tokens]
        self.missing = len(self.bots) * self.events
        for bot in self.bots:
            await bot.dial()
        await self.until(lambda: self.online == len(self.bots))

    async def until(self, holds) -> None:
        while not holds():
            self.changed.clear()
            await self.changed.wait()

    async def count(self, grace: float) -> dict[str, int]:
        """Wait at most `grace` seconds for what is under way; what has not come then is lost."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await self.until(lambda: self.missing <= 0)
                for bot in self.bots:
                    if bot.link is not None:
                        bot.link.rest()
                await self.until(lambda: self.unanswered() == 0)
        counted = {"received": self.received, "lost": self.missing, "beats": self.beats, "acks": self.acks}
        return {**counted, "unanswered": self.unanswered()}

    def unanswered(self) -> int:
        """Heartbeats without an ACK on connections that live; those of a connection that was ended need none."""
        return sum(bot.link.unanswered for bot in self.bots if bot.link is not None)


async def main(port: int, count: int, events: int) -> None:
    swarm = Swarm(port, events)
    await swarm.go_online([sys.stdin.readline().strip() for _ in range(count)])
    print("online", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(json.dumps(await swarm.count(GRACE_SECONDS)), flush=True)
    await asyncio.to_thread(sys.stdin.read)  # stay connected until the parent has measured


if __name__ == "__main__":
    uvloop.run(main(*map(int, sys.argv[1:4])))
