"""Chapter startup: from nothing to online."""

from __future__ import annotations

from conformance.row import CheckRow, Level
from conformance.rows import ASTRBOT_RECONNECT, EVENTS_PAGE, HERMES_RATE_LIMIT

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
)
