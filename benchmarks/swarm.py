"""Many bots in one process: raw WebSockets that log in, heartbeat, resume when told to, and count what they get.

`swarm.py PORT BOTS EVENTS`, tokens one a line on stdin; prints one line when all are online and one at the end.
"""

from __future__ import annotations

import asyncio
import json
import sys

import uvloop

UPGRADE = (
    b"GET /websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
INTENTS = 1 << 25
# Shorter than any HELLO asks for, so that idle bots heartbeat while they are measured.
INTERVAL_SECONDS = 5.0


class Bot:
    """One bot over as many connections as it takes."""

    def __init__(self, swarm: Swarm, token: str) -> None:
        self.swarm = swarm
        self.token = token
        self.session_id: str | None = None
        self.s = 0
        self.seen: set[str] = set()
        self.beating: asyncio.TimerHandle | None = None

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
            self.seen.add(frame["id"])
            self.swarm.received += 1
            if self.swarm.received % 1000 == 0 or len(self.seen) == self.swarm.events:
                self.swarm.changed.set()


class Link(asyncio.Protocol):
    """One connection: the handshake's answer, then server frames."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.buffer = b""
        self.upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
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
            self.bot.beating = asyncio.get_running_loop().call_later(INTERVAL_SECONDS, self.beat)
        elif op == 7:
            self.transport.close()
        elif op == 9:
            raise SystemExit("a session was refused")

    def beat(self) -> None:
        self.say({"op": 1, "d": self.bot.s})
        self.bot.beating = asyncio.get_running_loop().call_later(INTERVAL_SECONDS, self.beat)

    def say(self, frame: dict) -> None:
        payload = json.dumps(frame).encode()
        self.transport.write(b"\x81\xfe" + len(payload).to_bytes(2, "big") + b"\0\0\0\0" + payload)

    def connection_lost(self, _: Exception | None) -> None:
        if self.bot.beating is not None:
            self.bot.beating.cancel()
        self.bot.swarm.spawn(self.bot.dial())


class Swarm:
    """All bots, and what they have together."""

    def __init__(self, port: int, events: int) -> None:
        self.port = port
        self.events = events
        self.online = 0
        self.received = 0
        self.changed = asyncio.Event()
        self.tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def until(self, holds) -> None:
        while not holds():
            self.changed.clear()
            await self.changed.wait()


async def main(port: int, count: int, events: int) -> None:
    swarm = Swarm(port, events)
    bots = [Bot(swarm, sys.stdin.readline().strip()) for _ in range(count)]
    for bot in bots:
        await bot.dial()
    await swarm.until(lambda: swarm.online == count)
    print("online", flush=True)
    await swarm.until(lambda: all(len(bot.seen) >= events for bot in bots))
    print(json.dumps({"received": swarm.received, "lost": sum(events - len(bot.seen) for bot in bots)}), flush=True)
    await asyncio.to_thread(sys.stdin.read)  # stay connected until the parent has measured


if __name__ == "__main__":
    uvloop.run(main(*map(int, sys.argv[1:4])))
