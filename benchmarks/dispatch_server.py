"""Pushes message events to one subscriber as fast as it can: through fakeqq's platform, or straight through uvicorn.

`dispatch_server.py fakeqq N` or `dispatch_server.py uvicorn N`; the push begins when the subscriber has logged in.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
import urllib.request

import uvicorn
import uvloop

EVENT = {
    "id": "ROBOT1.0_0123456789abcdef0123456789abcdef0123456789abcdef!",
    "content": "ping",
    "timestamp": "2026-11-20T12:00:00+08:00",
    "author": {"id": "A" * 32, "user_openid": "A" * 32, "union_openid": "", "username": "", "bot": False},
    "message_scene": {"source": "default", "ext": ["msg_idx=REFIDX_0123456789abcdef=="]},
    "message_type": 0,
}
EVENT_ID = "C2C_MESSAGE_CREATE:" + "a" * 60


async def through_fakeqq(count: int) -> None:
    from fakeqq.web.server import ServeOptions, Server

    async with Server(ServeOptions(port=0, tls_port=None)) as server:
        # The control application is loaded by a thread meanwhile, once.
        await asyncio.to_thread(urllib.request.urlopen, f"{server.ready['control_url']}/version")
        world = server.first_world
        token, _ = server.platform.issue_token(world, server.platform.now(world, time.monotonic()))
        print(json.dumps({"port": server.ready["port"], "token": token}), flush=True)
        while not any(connection.session for connection in world.live_connections()):
            await asyncio.sleep(0.001)
        for number in range(count):
            world.dispatch("C2C_MESSAGE_CREATE", EVENT_ID, EVENT, server.platform.now(world, time.monotonic()))
            server.flush()
            if number % 32 == 0:
                await asyncio.sleep(0)
        await asyncio.Event().wait()


async def straight(count: int) -> None:
    async def app(scope, receive, send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        for s in range(count):
            frame = {"op": 0, "s": s, "t": "C2C_MESSAGE_CREATE", "id": EVENT_ID, "d": EVENT}
            await send({"type": "websocket.send", "text": json.dumps(frame, ensure_ascii=False, separators=(",", ":"))})
        await receive()

    listening = socket.create_server(("127.0.0.1", 0))
    print(json.dumps({"port": listening.getsockname()[1], "token": ""}), flush=True)
    config = uvicorn.Config(app, lifespan="off", log_level="error", ws_per_message_deflate=False, ws_ping_interval=None)
    await uvicorn.Server(config).serve([listening])


if __name__ == "__main__":
    push = through_fakeqq if sys.argv[1] == "fakeqq" else straight
    uvloop.run(push(int(sys.argv[2])))
