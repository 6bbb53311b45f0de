"""NoneBot with its QQ adapter."""

import os

import nonebot
from nonebot.adapters.qq import Adapter, Bot, MessageEvent
from tally import ANSWERS, tally

account = {"id": os.environ["FAKEQQ_APP_ID"], "secret": os.environ["FAKEQQ_SECRET"]}
nonebot.init(
    driver="~httpx+~websockets",
    _env_file=None,
    log_level="CRITICAL",
    qq_bots=[{**account, "intent": {"c2c_group_at_messages": True}}],
)
nonebot.get_driver().register_adapter(Adapter)


@nonebot.on_message().handle()
async def handle(bot: Bot, event: MessageEvent):
    if ANSWERS:
        await bot.send(event, event.get_message())
    tally.handle()


nonebot.run()
