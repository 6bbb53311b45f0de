"""The rows of the catalogue, one module per chapter, and the addresses that many of them cite."""

DOCS = "https://github.com/tencent-connect/bot-docs/blob/645787a/docs/develop/api-v2"
EVENTS_PAGE = f"{DOCS}/dev-prepare/interface-framework/event-emit.md"
API_PAGE = f"{DOCS}/dev-prepare/interface-framework/api-use.md"
CLOSE_CODES_PAGE = f"{DOCS}/dev-prepare/error-trace/websocket.md"
GATEWAY_PAGE = "https://bot.q.qq.com/wiki/develop/api-v2/autogen/api/gateway.get.html"
SEND_PAGE = f"{DOCS}/server-inter/message/send-receive/send.md"

ASTRBOT_RECONNECT = "https://github.com/AstrBotDevs/AstrBot/pull/9063"
ASTRBOT_STARTUP = "https://github.com/AstrBotDevs/AstrBot/pull/6940"
HERMES_RATE_LIMIT = "https://github.com/NousResearch/hermes-agent/pull/18172"
