"""Serves many bots in one process: fakeqq with a world for each, or a bare uvicorn WebSocket application.

`many_bots_server.py fakeqq|uvicorn BOTS EVENTS`. Prints a line of JSON when it listens, one with its memory when it is
told that all are online, and, for fakeqq, one when all events are dispatched amid reconnect storms. Ends with stdin.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import sys
import time
import urllib.request
from pathlib import Path

import uvicorn
import uvloop
from dispatch_server import EVENT

INTERVAL_MS = 41_250
STORM_SHARE = 0.1  # of the bots are told to reconnect between two rounds of events


def resident_kib() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def say(**fields: object) -> None:
    print(json.dumps(fields), flush=True)


async def with_fakeqq(bots: int, events: int) -> None:
    from fakeqq.web.server import ServeOptions, Server

    async with Server(ServeOptions(port=0, tls_port=None)) as server:
        platform = server.platform
        # The control application is loaded meanwhile, once for any number of bots.
        await asyncio.to_thread(urllib.request.urlopen, f"{server.ready['control_url']}/version")
        empty = resident_kib()
        worlds = [platform.create_world(None, None, {}, time.monotonic()) for _ in range(bots)]
        tokens = [platform.issue_token(world, platform.now(world, time.monotonic()))[0] for world in worlds]
        say(port=server.ready["port"], tokens=[f"QQBot {token}" for token in tokens])
        await asyncio.to_thread(sys.stdin.readline)
        say(per_connection_kib=(resident_kib() - empty) / bots)
        start, storms = time.perf_counter(), 0
        for number in range(events):
            for world in worlds:
                world.dispatch("C2C_MESSAGE_CREATE", f"event-{number}", EVENT, platform.now(world, time.monotonic()))
                server.flush()
            for world in random.sample(worlds, int(bots * STORM_SHARE)):
                for connection in world.live_connections():
                    connection.ask_to_reconnect(platform.now(world, time.monotonic()), 4009, 0.0)
                    storms += 1
                server.flush()
            await asyncio.sleep(0)
        say(dispatched=bots * events, reconnects=storms, seconds=time.perf_counter() - start)
        await asyncio.to_thread(sys.stdin.read)


async def with_uvicorn(bots: int, _events: int) -> None:
    online = 0

    async def app(scope, receive, send) -> None:
        nonlocal online
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": json.dumps({"op": 10, "d": {"heartbeat_interval": INTERVAL_MS}})})
        while (message := await receive())["type"] == "websocket.receive":
            if json.loads(message["text"])["op"] == 1:
                await send({"type": "websocket.send", "text": '{"op":11}'})
            else:
                online += 1
                ready = {"op": 0, "s": 1, "t": "READY", "d": {"session_id": "x"}}
                await send({"type": "websocket.send", "text": json.dumps(ready)})

    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    config = uvicorn.Config(app, lifespan="off", log_level="error", ws_per_message_deflate=False, ws_ping_interval=None)
    server = uvicorn.Server(config)
    empty = resident_kib()
    serving = asyncio.create_task(server.serve([listening]))
    say(port=listening.getsockname()[1], tokens=["token"] * bots)
    await asyncio.to_thread(sys.stdin.readline)
    say(per_connection_kib=(resident_kib() - empty) / bots)
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = server.force_exit = True
    await serving


if __name__ == "__main__":
    kind = with_fakeqq if sys.argv[1] == "fakeqq" else with_uvicorn
    uvloop.run(kind(int(sys.argv[2]), int(sys.argv[3])))
