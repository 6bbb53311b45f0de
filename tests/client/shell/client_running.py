"""A bot of the reference client in a thread, and what is waited for in its journal."""

import asyncio
import threading
import time

from reference_client.bot import Bot
from reference_client.client import StoppedByPlatformError

SEND = "POST /v2/users/{openid}/messages"
SOON = 20.0
"""Seconds that an entry of the journal is waited for."""


class Running:
    """A bot in a thread, with an event loop of its own."""

    def __init__(self, world, **options):
        self.tasks_left = None
        self.error = None
        self.handled = []
        self.bot = Bot(
            world.app_id,
            options.pop("secret", world.secret),
            api_base=options.pop("api_base", world.door["api_base"]),
            token_url=options.pop("token_url", world.door["token_url"]),
            **options,
        )
        self.bot.on_message(self.echo)
        self.thread = threading.Thread(target=lambda: asyncio.run(self.run()))
        self.thread.start()

    async def run(self):
        self.loop = asyncio.get_running_loop()
        try:
            await self.bot.start()
        except StoppedByPlatformError as error:
            self.error = error
        self.tasks_left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]

    async def echo(self, message):
        self.handled.append(message.text)
        if message.text.startswith("hang"):
            await asyncio.Event().wait()
        if message.text.startswith("stream"):
            async with message.stream() as stream:
                await stream.write("one")
        if message.text.startswith("fail"):
            raise LookupError
        for number in range(int(message.text.split()[1]) if message.text.startswith("burst") else 1):
            await message.reply(f"echo {message.text} {number}")

    def stop(self):
        """End it; the seconds that took."""
        began = time.monotonic()
        self.loop.call_soon_threadsafe(self.bot.stop)
        self.thread.join(10)
        assert not self.thread.is_alive()
        return time.monotonic() - began


def await_online(world, count=1):
    world.wait({"kind": "ws.out", "t": {"in": ["READY", "RESUMED"]}}, count=count, timeout=SOON)


def sees(world, text, count=1):
    return world.wait({"kind": "user.sees", "text": {"contains": text}}, count=count, timeout=SOON)


def logins(world):
    return [entry["op"] for entry in world.journal(kind="ws.in") if entry["op"] in {2, 6}]
