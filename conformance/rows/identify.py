"""Chapter identify: the login, and its refusal."""

from __future__ import annotations

from conformance.features import Feature
from conformance.row import CheckRow, Level
from conformance.rows import CLOSE_CODES_PAGE, EVENTS_PAGE

GATEWAY_BOT_PAGE = "https://bot.q.qq.com/wiki/develop/api-v2/openapi/wss/shard_url_get.html"
NONEBOT = "https://github.com/nonebot/adapter-qq/blob/v1.7.3/nonebot/adapters/qq/adapter.py"

ROWS: tuple[CheckRow, ...] = (
    CheckRow(
        id="identify/shape",
        level=Level.MUST,
        title="shape of IDENTIFY",
        happens="Nothing unusual; one shard is recommended.",
        requirement=(
            "The first login is IDENTIFY, once on its connection, with `QQBot ` and the access token, with shard "
            "[0, 1] or none, and with intents as a number that holds the bit of C2C."
        ),
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/koishijs/koishi/issues/1502",
            "https://github.com/tencent-connect/bot-node-sdk/blob/9980515/src/client/websocket/websocket.ts",
        ),
        fix=(
            "Fetch the access token first, then send op 2 with `QQBot ` before it; fixed tokens (`Bot appid.token`) "
            "are refused."
        ),
    ),
    CheckRow(
        id="identify/early-frames",
        level=Level.SHOULD,
        title="frames before READY",
        happens="An ACK (op 11), a heartbeat (op 1) and an op that nobody knows come before READY.",
        requirement="The bot stays on the connection, and is online when READY comes.",
        clause=EVENTS_PAGE,
        why=(f"{NONEBOT}#L327-L345",),
        fix="After IDENTIFY, read frames until READY or op 9 comes; never take the next frame for READY.",
    ),
    CheckRow(
        id="identify/invalid-session",
        level=Level.MUST,
        title="IDENTIFY refused with op 9",
        happens=(
            "IDENTIFY is answered with op 9 `false`, first with the socket left open, then several times followed by "
            "close 4903."
        ),
        requirement=(
            "The bot leaves the refused socket by itself; the next login is IDENTIFY, never sooner than one second, "
            "and the gaps grow while the refusals repeat."
        ),
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/satorijs/satori/issues/363",
            "https://github.com/tencent-connect/openclaw-qqbot/issues/18",
            "https://github.com/bubbuild/bub-contrib/pull/61",
        ),
        fix=(
            "On op 9, wait a few seconds for the close code, close the socket, and back off exponentially; reset the "
            "back-off on READY or RESUMED, not when a socket opens."
        ),
    ),
    CheckRow(
        id="identify/reads-close-code",
        level=Level.SHOULD,
        title="op 9, then 4014",
        happens="Every IDENTIFY is answered with op 9 `false` and close 4014, an intent without permission.",
        requirement="The close code decides: 4014 allows no further login, and there is none for a minute.",
        clause=CLOSE_CODES_PAGE,
        why=(
            "https://github.com/bubbuild/bub-contrib/pull/61",
            "https://github.com/satorijs/satori/issues/226",
            "https://github.com/nonebot/adapter-qq/issues/108",
        ),
        fix="On op 9, wait up to five seconds for the close frame before you leave; then do what its code says.",
    ),
    CheckRow(
        id="identify/fatal-codes",
        level=Level.MUST,
        title="codes that allow no login",
        happens=(
            "Every IDENTIFY is closed with 4010 (shard), 4013 or 4014 (intents), 4914 (only in the sandbox) or 4915 "
            "(banned)."
        ),
        requirement="No further login for a minute, or never; better, the bot says why.",
        clause=CLOSE_CODES_PAGE,
        why=(
            "https://github.com/esengine/DeepSeek-Reasonix/issues/7512",
            "https://github.com/bubbuild/bub-contrib/pull/61",
            "https://github.com/satorijs/satori/issues/363",
        ),
        fix=(
            "On 4001, 4002, 4010 to 4014, 4914 and 4915, stop, with the code in the log or as the end of the process: "
            "a person has to change the settings."
        ),
    ),
    CheckRow(
        id="identify/same-intents",
        level=Level.MUST,
        title="intents after op 9",
        happens="Three IDENTIFYs are refused with op 9 and close 4903, which is no matter of permissions.",
        requirement="Every IDENTIFY asks for the same intents, and the bot comes online with them.",
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/KarinJS/karin-plugin-adapter-qqbot/blob/1f5a06c/src/connection/ws/intents.ts",
            "https://github.com/tencent-connect/openclaw-qqbot/issues/18",
        ),
        fix=(
            "Do not guess intents: op 9 has many reasons. Only 4014 speaks of a missing permission; report that one, "
            "with the bits that were asked for."
        ),
    ),
    CheckRow(
        id="identify/new-token-after-4004",
        level=Level.MUST,
        title="4004",
        happens="The access token is revoked, and the live connection closed with 4004.",
        requirement="The next login comes with another access token, for which the bot made one call.",
        clause="https://github.com/tencent-connect/botgo/blob/fe31c0d/errs/err.go",
        why=("https://github.com/zhinjs/qq-official-bot/issues/98",),
        fix="On 4004, throw the cached access token away before the next login, and fetch one for all who need it.",
    ),
    CheckRow(
        id="identify/concurrency",
        level=Level.SHOULD,
        title="several shards",
        happens="`GET /gateway/bot` recommends three shards, with `max_concurrency` 1.",
        requirement="One IDENTIFY in five seconds, at most.",
        clause=GATEWAY_BOT_PAGE,
        why=(
            "https://github.com/tencent-connect/botpy/blob/e25f3e8/botpy/connection.py#L55-L73",
            f"{NONEBOT}#L175-L182",
            "https://github.com/tencent-connect/botgo/blob/fe31c0d/sessions/manager/manager.go",
        ),
        fix="Let all shards share one queue of IDENTIFYs, `max_concurrency` of them in each five seconds.",
        features=(Feature.SHARDS,),
    ),
    CheckRow(
        id="identify/remaining-zero",
        level=Level.SHOULD,
        title="no session starts left",
        happens="`GET /gateway/bot` says `remaining` 0 and names a `reset_after`.",
        requirement="No IDENTIFY before that time is over; then the bot comes online by itself.",
        clause=GATEWAY_BOT_PAGE,
        why=(
            f"{NONEBOT}#L159",
            "https://github.com/tencent-connect/botpy/blob/e25f3e8/botpy/client.py#L182-L184",
            "https://github.com/anthropics/claude-plugins-official/issues/3140",
        ),
        fix="Read `session_start_limit`; with `remaining` 0, wait `reset_after` milliseconds before you dial.",
    ),
    CheckRow(
        id="identify/budget",
        level=Level.SHOULD,
        title="drops after READY",
        happens="Each connection is closed right after READY, and no session survives, so that each login is IDENTIFY.",
        requirement=(
            "The pauses grow until an hour costs 240 IDENTIFYs at most, a quarter of a day's thousand session starts."
        ),
        clause=GATEWAY_BOT_PAGE,
        why=(
            "https://github.com/satorijs/satori/issues/363",
            "https://github.com/tencent-connect/openclaw-qqbot/issues/18",
            "https://github.com/anthropics/claude-plugins-official/issues/3140",
        ),
        fix=(
            "READY alone does not reset a back-off; half a minute of being online does. After a few quick drops, wait "
            "a minute."
        ),
    ),
)
