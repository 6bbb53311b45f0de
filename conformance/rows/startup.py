"""Chapter startup: from nothing to online."""

from __future__ import annotations

from conformance.row import CheckRow, Level
from conformance.rows import API_PAGE, ASTRBOT_RECONNECT, ASTRBOT_STARTUP, EVENTS_PAGE, HERMES_RATE_LIMIT

ROWS: tuple[CheckRow, ...] = (
    CheckRow(
        id="startup/online",
        level=Level.MUST,
        title="comes online",
        happens="Nothing unusual.",
        requirement="The bot comes online with one connection per shard, and answers a message exactly once.",
        clause=EVENTS_PAGE,
        why=("https://github.com/esengine/DeepSeek-Reasonix/issues/7816",),
        fix="Wait for the dispatch READY (op 0, t=READY) after IDENTIFY; READY is not op 9 and not op 11.",
    ),
    CheckRow(
        id="startup/gateway-empty-body",
        level=Level.MUST,
        title="empty gateway answer",
        happens="The first call of /gateway or /gateway/bot answers 200 with an empty body.",
        requirement="The bot asks again and comes online; its process survives.",
        clause=EVENTS_PAGE,
        why=(
            ASTRBOT_RECONNECT,
            HERMES_RATE_LIMIT,
            "https://github.com/tencent-connect/botpy/issues/243",
            "https://github.com/AstrBotDevs/AstrBot/issues/6858",
        ),
        fix="Treat an answer without a usable `url` like a failed call: wait, then ask again.",
    ),
    CheckRow(
        id="startup/gateway-rate-limited",
        level=Level.MUST,
        title="gateway rate limit",
        happens="The first calls of /gateway or /gateway/bot are refused: 400, code 100017, 接口调用超过频率限制.",
        requirement=(
            "The bot does not ask again within 30 seconds (it should leave 60), and comes online when it is let in."
        ),
        clause=f"{ASTRBOT_RECONNECT} (400 with 100017: https://github.com/tencent-connect/openclaw-qqbot/issues/17)",
        why=(
            ASTRBOT_RECONNECT,
            HERMES_RATE_LIMIT,
            "https://github.com/NousResearch/hermes-agent/issues/11489",
            "https://github.com/esengine/DeepSeek-Reasonix/issues/7816",
        ),
        fix="Recognise 100017 (and 429) as a rate limit, wait a minute, and keep the URL for later reconnects.",
    ),
    CheckRow(
        id="startup/gateway-timeout",
        level=Level.MUST,
        title="silent gateway",
        happens="The first call of /gateway or /gateway/bot is taken and never answered.",
        requirement="The bot gives the call up, asks again, and is online within three minutes.",
        clause=EVENTS_PAGE,
        why=(
            ASTRBOT_STARTUP,
            "https://github.com/AstrBotDevs/AstrBot/issues/6858",
            "https://github.com/tencent-connect/botpy/issues/243",
        ),
        fix="Give every HTTP call a time-out of some seconds; treat silence like any other failure: wait, ask again.",
    ),
    CheckRow(
        id="startup/gateway-5xx",
        level=Level.MUST,
        title="gateway answers 5xx",
        happens="/gateway or /gateway/bot answers 500, then 502 and 504 with an HTML page, one after the other.",
        requirement=(
            "The bot asks again each time, after pauses of a second on average that grow (or are half a minute long), "
            "and comes online: every 5xx is worth another try."
        ),
        clause=EVENTS_PAGE,
        why=(
            ASTRBOT_RECONNECT,
            "https://github.com/esengine/DeepSeek-Reasonix/issues/2984",
            "https://github.com/QwenLM/qwen-code/pull/5415",
        ),
        fix="Decide by the class of the status, not by a list of statuses; a proxy's page is no JSON.",
    ),
    CheckRow(
        id="startup/gateway-malformed",
        level=Level.MUST,
        title="malformed gateway answer",
        happens=(
            "Three answers of /gateway or /gateway/bot lack `url`, `shards` or `session_start_limit.max_concurrency`, "
            "hold null there, or nonsense; or they are not the JSON that they say they are."
        ),
        requirement=(
            "The bot never logs in with a shard made of garbage; its process survives, and it is online once an answer "
            "is good (or before, where it does not need the field)."
        ),
        clause=EVENTS_PAGE,
        why=(ASTRBOT_RECONNECT, "https://github.com/tencent-connect/botpy/issues/243"),
        fix="Check type and range of what you use before you use it; handle a bad answer like a failed call.",
    ),
    CheckRow(
        id="startup/token-transient",
        level=Level.MUST,
        title="token endpoint stumbles",
        happens=(
            "The first call for an access token is never answered; or the first three meet 500, or 100001 (too many "
            "requests, with status 200)."
        ),
        requirement=(
            "The bot asks again, after pauses of a second on average that grow (or are half a minute long), and comes "
            "online."
        ),
        clause=API_PAGE,
        why=(
            "https://github.com/zeroclaw-labs/zeroclaw/issues/4745",
            "https://github.com/zeroclaw-labs/zeroclaw/issues/4775",
            "https://github.com/QwenLM/qwen-code/pull/5411",
            "https://github.com/QwenLM/qwen-code/pull/5414",
        ),
        fix="Fetch the token inside the loop that reconnects: its failure is one more reason to wait and try again.",
    ),
    CheckRow(
        id="startup/token-rejected",
        level=Level.MUST,
        title="wrong credentials",
        happens="Every call for an access token is refused: 100016 (secret) or 100007 (app id), with status 200.",
        requirement=(
            "The bot asks at most three times in a minute and does not log in; its output or exit status should tell."
        ),
        clause=API_PAGE,
        why=(
            "https://github.com/zhinjs/qq-official-bot/issues/88",
            "https://github.com/QwenLM/qwen-code/pull/5411",
        ),
        fix=(
            "Look for `access_token` in the body, as the status is 200 all the same; tell `code` and `message`, and "
            "stop or wait a minute."
        ),
    ),
    CheckRow(
        id="startup/ip-not-allowed",
        level=Level.SHOULD,
        title="address is not on the list",
        happens="The API answers every call with 401, code 11298, 接口访问源IP不在白名单.",
        requirement=(
            "The bot makes at most ten calls in a minute, and its output holds the reason: the code or the message."
        ),
        clause=f"{API_PAGE} (401 with 11298: https://github.com/tencent-connect/openclaw-qqbot/issues/240)",
        why=(
            "https://github.com/tencent-connect/openclaw-qqbot/issues/240",
            "https://github.com/tencent-connect/openclaw-qqbot/issues/10",
            "https://github.com/tencent-connect/botpy/issues/189",
            "https://github.com/bubbuild/bub-contrib/pull/61",
        ),
        fix="Print code and message of a refusal; a person has to act, so stop or ask once a minute.",
    ),
    CheckRow(
        id="startup/refused-then-up",
        level=Level.MUST,
        title="connection refused for a while",
        happens="The bot's first call is cut off; for a minute every TCP connection is refused; then all is well.",
        requirement="The bot is online within three minutes of the platform's return, however often it was refused.",
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/agentscope-ai/QwenPaw/issues/1180",
            "https://github.com/riba2534/happyclaw/pull/538",
            "https://github.com/NousResearch/hermes-agent/pull/19414",
            "https://github.com/NousResearch/hermes-agent/issues/25505",
            "https://github.com/tencent-connect/openclaw-qqbot/issues/313",
        ),
        fix="Try for ever, with a pause that grows to a minute at most; a bot that has given up helps nobody.",
    ),
    CheckRow(
        id="startup/no-upgrade",
        level=Level.SHOULD,
        title="upgrade never answered",
        happens="The first WebSocket handshake is taken and never answered.",
        requirement="The bot gives the handshake up within a minute, tries another connection, and comes online.",
        clause=EVENTS_PAGE,
        why=("https://github.com/openclaw/openclaw/pull/106484",),
        fix="Give the handshake a time-out (10 to 30 seconds are usual), and clear the state that says `connecting`.",
    ),
    CheckRow(
        id="startup/no-hello",
        level=Level.SHOULD,
        title="no HELLO",
        happens="The first connection opens, and HELLO (op 10) never comes.",
        requirement="The bot leaves the silent connection within a minute, tries another one, and comes online.",
        clause=EVENTS_PAGE,
        why=("https://github.com/openclaw/openclaw/pull/106484",),
        fix="Arm a timer when the socket opens; when it rings before HELLO, close the socket and connect anew.",
    ),
    CheckRow(
        id="startup/cancel-while-waiting",
        level=Level.MUST,
        title="stopped while it waits",
        happens="/gateway or /gateway/bot answers 500 each time; while the bot waits to ask again, it gets SIGTERM.",
        requirement="The process ends within ten seconds, as if nothing were wrong: status 0, or by the signal itself.",
        clause=ASTRBOT_STARTUP,
        why=(ASTRBOT_STARTUP, ASTRBOT_RECONNECT),
        fix="Wait for the stop or the time, whichever comes first, instead of sleeping; do not retry a cancellation.",
    ),
)
