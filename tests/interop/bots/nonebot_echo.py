"""An echo bot on NoneBot. Its settings, addresses too, come from the environment, as NoneBot reads them."""

import os

import nonebot
from nonebot.adapters.qq import Adapter, Bot, MessageEvent

settings = {}
if "QQ_BOTS" not in os.environ:
    account = {"id": os.environ["FAKEQQ_APP_ID"], "secret": os.environ["FAKEQQ_SECRET"]}
    settings["qq_bots"] = [{**account, "intent": {"c2c_group_at_messages": True}}]
nonebot.init(driver="~httpx+~websockets", _env_file=None, **settings)
nonebot.get_driver().register_adapter(Adapter)


@nonebot.on_message().handle()
async def echo(bot: Bot, event: MessageEvent):
    await bot.send(event, event.get_message())


nonebot.run()
