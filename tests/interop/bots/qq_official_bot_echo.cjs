// An echo bot on qq-official-bot, as its README shows one.
"use strict";

const { Bot, ReceiverMode } = require("qq-official-bot");

const bot = new Bot({
  appid: process.env.FAKEQQ_APP_ID,
  secret: process.env.FAKEQQ_SECRET,
  sandbox: false,
  intents: ["GROUP_AND_C2C_EVENT"],
  mode: ReceiverMode.WEBSOCKET,
});

bot.on("message.private.friend", (event) => event.reply(event.content));
bot.on("message.group", (event) => event.reply(event.content.trim()));
bot.start();
