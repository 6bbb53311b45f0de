// An echo bot on qq-official-bot that takes webhook deliveries, where and on which path it is told.
"use strict";

const { Bot, ReceiverMode } = require("qq-official-bot");

const bot = new Bot({
  appid: process.env.FAKEQQ_APP_ID,
  secret: process.env.FAKEQQ_SECRET,
  sandbox: false,
  intents: ["GROUP_AND_C2C_EVENT", "PUBLIC_GUILD_MESSAGES"],
  mode: ReceiverMode.WEBHOOK,
  port: Number(process.env.FAKEQQ_WEBHOOK_PORT),
  path: process.env.FAKEQQ_WEBHOOK_PATH,
});

bot.on("message.private.friend", (event) => event.reply(event.content));
bot.on("message.guild", (event) => event.reply(event.raw_message));
bot.start();
