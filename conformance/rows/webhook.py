"""Chapter webhook: events by HTTP, for bots that take them so."""

from __future__ import annotations

from conformance.features import Feature
from conformance.row import CheckRow, Level
from conformance.rows import DOCS

SIGN_PAGE = f"{DOCS}/dev-prepare/interface-framework/sign.md"
WEBHOOK_PAGE = "https://bot.q.qq.com/wiki/develop/api-v2/dev-prepare/event-emit/webhook.html"
BOTGO_WEBHOOK = "https://github.com/tencent-connect/botgo/blob/fe31c0d/interaction/webhook/webhook.go"
ASTRBOT_TWICE = "https://github.com/AstrBotDevs/AstrBot/issues/5788"
ZHINJS_ACK = "https://github.com/zhinjs/qq-official-bot/issues/76"
NO_VERIFICATION = (
    "https://github.com/lobehub/lobehub/issues/16538",
    "https://github.com/Aik358/dsh-auto-memory/issues/113",
)

ROWS: tuple[CheckRow, ...] = (
    CheckRow(
        id="webhook/validation",
        level=Level.MUST,
        title="address validation",
        happens="The platform sends op 13 to a bot with a secret of 16 characters, as documented, or of 12.",
        requirement="The answer repeats `plain_token` and signs `event_ts` + `plain_token` with the bot's secret.",
        clause=SIGN_PAGE,
        why=(
            "https://github.com/xueelf/chobits/issues/2",
            "https://github.com/lss233/kirara-ai/issues/1455",
            "https://github.com/AstrBotDevs/AstrBot/issues/2842",
            "https://github.com/tencent-connect/botpy/issues/220",
        ),
        fix="The seed is the secret repeated until it has 32 bytes, and cut there; a short one is repeated more often.",
        features=(Feature.WEBHOOK,),
    ),
    CheckRow(
        id="webhook/validation-forged",
        level=Level.ADVICE,
        title="validation for anybody",
        happens="Somebody else than the platform sends op 13: unsigned, or signed with another key.",
        requirement="It is not answered with a signature: that would be good for a forged event, too.",
        clause=BOTGO_WEBHOOK,
        why=NO_VERIFICATION,
        fix="Verify the request's own signature before op 13 is looked at, as the official Go SDK does.",
        features=(Feature.WEBHOOK,),
    ),
    CheckRow(
        id="webhook/answers",
        level=Level.MUST,
        title="an event by webhook",
        happens="A user speaks; the event comes by HTTP, signed.",
        requirement="The event is acknowledged, better with op 12, and the message is answered once, by its `msg_id`.",
        clause=WEBHOOK_PAGE,
        why=(ZHINJS_ACK, "https://github.com/zhinjs/qq-official-bot/pull/77"),
        fix='Answer the request with status 200 and `{"op":12,"d":0}`; use the event as one of the gateway.',
        features=(Feature.WEBHOOK,),
    ),
    CheckRow(
        id="webhook/channel",
        level=Level.MUST,
        title="a channel's message by webhook",
        happens="The first event that a bot gets is a message in a guild's channel; no READY told it who it is.",
        requirement="It is acknowledged and answered.",
        clause=WEBHOOK_PAGE,
        why=("https://github.com/nonebot/adapter-qq/issues/138",),
        fix="Do not count on READY: ask `GET /users/@me` who the bot is, or do without.",
        features=(Feature.WEBHOOK, Feature.CHANNEL),
    ),
    CheckRow(
        id="webhook/forged",
        level=Level.MUST,
        title="forged events",
        happens=(
            "Events come that are not the platform's: unsigned, signed with another key, changed by one byte, signed "
            "in the wrong order, another bot's."
        ),
        requirement="None is acted on, and the bot goes on answering genuine ones.",
        clause=SIGN_PAGE,
        why=(*NO_VERIFICATION, "https://github.com/simple-robot/simbot-component-qq-guild/pull/244"),
        fix="Verify the signature of timestamp + raw body before anything else, and do so always.",
        features=(Feature.WEBHOOK,),
    ),
    CheckRow(
        id="webhook/forged-refused",
        level=Level.SHOULD,
        title="forged events are refused",
        happens="The same forgeries.",
        requirement="Each is refused with a status of 4xx, not acknowledged.",
        clause=SIGN_PAGE,
        why=NO_VERIFICATION,
        fix="Answer 401 or 403; a 200 tells whoever probes that the address takes everything.",
        features=(Feature.WEBHOOK,),
    ),
    CheckRow(
        id="webhook/raw-body",
        level=Level.MUST,
        title="signatures cover raw bytes",
        happens="Genuine events come pretty-printed, with their keys in another order, or escaped to ASCII.",
        requirement="Each is acknowledged and answered.",
        clause=SIGN_PAGE,
        why=(SIGN_PAGE, "https://github.com/simple-robot/simbot-component-qq-guild/pull/244"),
        fix="Verify the bytes as they came; parsing and writing JSON again changes them.",
        features=(Feature.WEBHOOK,),
    ),
    CheckRow(
        id="webhook/headers",
        level=Level.MUST,
        title="unusual headers",
        happens="Genuine events come with a charset in Content-Type, with header names in lower or upper case.",
        requirement="Each is acknowledged and answered.",
        clause="https://www.rfc-editor.org/rfc/rfc9110#section-5.1",
        why=("https://github.com/AstrBotDevs/AstrBot/issues/4215",),
        fix="Header names have no case, and a media type may have parameters: let the HTTP library compare them.",
        features=(Feature.WEBHOOK,),
    ),
    CheckRow(
        id="webhook/odd-bodies",
        level=Level.MUST,
        title="odd bodies",
        happens=(
            "Rightly signed requests hold `null`, nothing, a list, no JSON, an unknown op, no event; others are events "
            "with an `s`, without one, or of an unknown type."
        ),
        requirement="The bot survives each, and acts on the events among them.",
        clause=WEBHOOK_PAGE,
        why=("https://github.com/AstrBotDevs/AstrBot/issues/4215",),
        fix="Look whether the decoded body is an object before its keys are asked for; answer 400 or 200 otherwise.",
        features=(Feature.WEBHOOK,),
    ),
    CheckRow(
        id="webhook/ack-first",
        level=Level.SHOULD,
        title="acknowledge first",
        happens="A user speaks while the platform lets every call that sends a message hang.",
        requirement="The event is acknowledged in time, without waiting for its handler.",
        clause=BOTGO_WEBHOOK,
        why=(ASTRBOT_TWICE, ZHINJS_ACK),
        fix="Answer the request at once and handle the event in a task of its own.",
        features=(Feature.WEBHOOK,),
    ),
    CheckRow(
        id="webhook/delivered-again",
        level=Level.SHOULD,
        title="one event, three deliveries",
        happens="An event comes three times with the same top-level `id`, as if its acknowledgement had been lost.",
        requirement="Each delivery is acknowledged; the message is answered once.",
        clause=BOTGO_WEBHOOK,
        why=(ASTRBOT_TWICE, "https://github.com/AstrBotDevs/AstrBot/pull/6320"),
        fix="Remember the ids of the last minutes' events, and acknowledge a repeated one without handling it.",
        features=(Feature.WEBHOOK,),
    ),
    CheckRow(
        id="webhook/two-bots",
        level=Level.SHOULD,
        title="two bots on one path",
        happens="Two bots of one program have the same address; X-Bot-Appid says whose a request is.",
        requirement="Each request is verified and signed with its own bot's secret, and answered by its own bot.",
        clause=WEBHOOK_PAGE,
        why=("https://github.com/tencent-connect/openclaw-qqbot/pull/290",),
        fix="Choose the account by X-Bot-Appid, not by the first whose path matches.",
        features=(Feature.WEBHOOK, Feature.TWO_BOTS),
    ),
)
