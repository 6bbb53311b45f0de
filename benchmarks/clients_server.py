"""Serves fakeqq and pushes events to the one bot that logs in: `clients_server.py EVENTS ANSWERS`.

Events that nobody answers are written as fast as possible; events that are answered are people's messages.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

import uvloop
from dispatch_server import EVENT

from fakeqq.launch.certificates import issue
from fakeqq.web.server import ServeOptions, Server


async def main(events: int, answers: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = issue(Path(folder))
        options = ServeOptions(port=0, tls_port=0, tls_chain=files.chain, tls_key=files.key, ca_file=files.ca)
        await push(options, events, answers)


async def push(options: ServeOptions, events: int, answers: bool) -> None:
    async with Server(options) as server:
        world = server.first_world
        world.settings = world.settings.changed({"switches": {"c2c_reply_count": "unenforced"}})
        user = world.people.add_user().openid
        print(json.dumps(server.ready), flush=True)
        while not any(connection.session for connection in world.live_connections()):
            await asyncio.sleep(0.01)
        await asyncio.sleep(1.0)  # whoever measures has nothing else to do when the first event comes
        for number in range(events):
            now = server.platform.now(world, time.monotonic())
            if answers:
                world.say("ping", user, None, now)
            else:
                event = {**EVENT, "id": f"{EVENT['id']}{number}"}
                world.dispatch("C2C_MESSAGE_CREATE", f"C2C_MESSAGE_CREATE:{number}", event, now)
            server.flush()
            if number % 32 == 0:
                await asyncio.sleep(0)
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2] == "1"))
