"""An echo bot on NoneBot that takes webhook deliveries, for one bot or for two, at the adapter's own path."""

import os

import nonebot
from nonebot.adapters.qq import Adapter, Bot, MessageEvent

accounts = [
    {"id": os.environ[f"FAKEQQ_APP_ID{number}"], "secret": os.environ[f"FAKEQQ_SECRET{number}"], "use_websocket": False}
    for number in ("", "_2")
    if f"FAKEQQ_APP_ID{number}" in os.environ
]
port = int(os.environ["FAKEQQ_WEBHOOK_PORT"])
nonebot.init(driver="~fastapi+~httpx", _env_file=None, host="127.0.0.1", port=port, qq_bots=accounts)
nonebot.get_driver().register_adapter(Adapter)


@nonebot.on_message().handle()
async def echo(bot: Bot, event: MessageEvent):
    await bot.send(event, event.get_message())


nonebot.run()
