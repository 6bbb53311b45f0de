"""An echo bot on the official Python SDK, as its README shows one."""

import asyncio
import os

import botpy


class Echo(botpy.Client):
    async def on_c2c_message_create(self, message):
        await message.reply(content=message.content)

    async def on_group_at_message_create(self, message):
        await message.reply(content=message.content.strip())


asyncio.set_event_loop(asyncio.new_event_loop())  # the SDK asks for one, and newer Pythons make none by themselves
Echo(intents=botpy.Intents(public_messages=True), ext_handlers=False).run(
    appid=os.environ["FAKEQQ_APP_ID"], secret=os.environ["FAKEQQ_SECRET"]
)
