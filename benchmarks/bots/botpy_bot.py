"""The official Python SDK, as its README shows a bot."""

import asyncio
import os

import botpy
from tally import ANSWERS, tally


class Bot(botpy.Client):
    async def on_c2c_message_create(self, message):
        if ANSWERS:
            await message.reply(content=message.content)
        tally.handle()


asyncio.set_event_loop(asyncio.new_event_loop())
Bot(intents=botpy.Intents(public_messages=True), ext_handlers=False, bot_log=False, log_level=50).run(
    appid=os.environ["FAKEQQ_APP_ID"], secret=os.environ["FAKEQQ_SECRET"]
)
