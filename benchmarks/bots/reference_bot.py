"""The reference client's façade."""

import os

from tally import ANSWERS, tally

from reference_client.bot import Bot, Message

bot = Bot(
    os.environ["FAKEQQ_APP_ID"],
    os.environ["FAKEQQ_SECRET"],
    api_base=os.environ["FAKEQQ_API_BASE"],
    token_url=os.environ["FAKEQQ_TOKEN_URL"],
)


@bot.on_message
async def handle(message: Message) -> None:
    if ANSWERS:
        await message.reply(message.text)
    tally.handle()


bot.run()
