"""Chapter reconnect: op 7, close codes, and the way back."""

from __future__ import annotations

from conformance.features import Feature
from conformance.row import CheckRow, Level
from conformance.rows import ASTRBOT_RECONNECT, CLOSE_CODES_PAGE, EVENTS_PAGE, GATEWAY_PAGE, HERMES_RATE_LIMIT

ROWS: tuple[CheckRow, ...] = (
    CheckRow(
        id="reconnect/op7-leaves",
        level=Level.MUST,
        title="op 7 without a close",
        happens="The platform sends RECONNECT (op 7) and withholds the close that usually follows.",
        requirement="The bot leaves the connection by itself within seconds, and is online again.",
        clause=EVENTS_PAGE,
        why=(
            ASTRBOT_RECONNECT,
            "https://github.com/NousResearch/hermes-agent/issues/24357",
            "https://github.com/NousResearch/hermes-agent/pull/25702",
        ),
        fix="Close the socket on op 7 instead of waiting for the server to do it.",
    ),
    CheckRow(
        id="reconnect/op7-resumes",
        level=Level.MUST,
        title="op 7, then 4009",
        happens="The half-hourly recycling: RECONNECT (op 7), then close 4009 at once.",
        requirement="The next login is RESUME with the interrupted session's id and its last `s`.",
        clause=CLOSE_CODES_PAGE,
        why=(
            ASTRBOT_RECONNECT,
            "https://github.com/openclaw/openclaw/issues/65579",
            "https://github.com/openclaw/openclaw/pull/65606",
            "https://github.com/NousResearch/hermes-agent/pull/21073",
        ),
        fix="Keep session id and `s` through op 7 and 4009; 4009 is routine and not the end of a session.",
    ),
    CheckRow(
        id="reconnect/op7-one-connection",
        level=Level.MUST,
        title="op 7 and its close are one end",
        happens="RECONNECT (op 7), then close 4009 from the old socket: at once, or ten seconds later.",
        requirement="Exactly one new connection is opened, and a message is answered once.",
        clause=EVENTS_PAGE,
        why=(
            ASTRBOT_RECONNECT,
            "https://github.com/openclaw/openclaw/issues/78890",
            "https://github.com/openclaw/openclaw/pull/78898",
            "https://github.com/tencent-connect/openclaw-qqbot/issues/18",
        ),
        fix="Give each connection a number; ignore the close of one that was left, and keep one timer for the next.",
    ),
    CheckRow(
        id="reconnect/op7-many",
        level=Level.MUST,
        title="150 recyclings",
        happens=(
            "RECONNECT (op 7) and close 4009, eight seconds after each login, 150 times; 15 times where its clock "
            "cannot be made faster."
        ),
        requirement="The bot is back each time, and answers after the last.",
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/agentscope-ai/QwenPaw/issues/2796",
            "https://github.com/agentscope-ai/QwenPaw/pull/2827",
        ),
        fix="Reset the counter of attempts when READY or RESUMED came, or do without one.",
    ),
    CheckRow(
        id="reconnect/close-codes",
        level=Level.MUST,
        title="close codes",
        happens=(
            "A live connection is closed with one code of the official table; where the session is dead, each RESUME "
            "is closed with the same code."
        ),
        requirement=(
            "4009 (and better 4008, too) is answered with RESUME; 4006, 4007 and 4900-4913 lead to IDENTIFY within "
            "three logins; then the bot is online."
        ),
        clause=CLOSE_CODES_PAGE,
        why=(
            ASTRBOT_RECONNECT,
            "https://github.com/NousResearch/hermes-agent/issues/22179",
            "https://github.com/NousResearch/hermes-agent/pull/26025",
            "https://github.com/tencent-connect/bot-node-sdk/issues/94",
        ),
        fix="Decide by the close code, with the official table: may it RESUME, may it IDENTIFY, must it stop.",
    ),
    CheckRow(
        id="reconnect/abnormal",
        level=Level.MUST,
        title="connection lost",
        happens="The connection ends with RST, with the plain end of TCP (both 1006), with close 1000, or with 1001.",
        requirement="The next login is RESUME with the interrupted session's id, and the bot is online again.",
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/tencent-connect/bot-node-sdk/issues/94",
            "https://github.com/NousResearch/hermes-agent/pull/19414",
            "https://github.com/tencent-connect/botgo/blob/fe31c0d/sessions/local/local.go",
        ),
        fix="Keep session id and `s` unless a close code of the official table says that the session is dead.",
    ),
    CheckRow(
        id="reconnect/op9-true",
        level=Level.ADVICE,
        title="op 9 that is resumable",
        happens="Op 9 with `d: true` on a live session; ten seconds later, close 4009 for those that stay.",
        requirement="The next login is RESUME with that session's id.",
        clause=EVENTS_PAGE,
        why=("https://github.com/tencent-connect/botpy/blob/e25f3e8/botpy/gateway.py#L213-L215",),
        fix="Read the flag in op 9's `d`: only `false` ends the session.",
    ),
    CheckRow(
        id="reconnect/backoff-grows",
        level=Level.MUST,
        title="every connection refused",
        happens="The live connection is lost, and each new one is reset before its upgrade is answered.",
        requirement=(
            "At most ten tries in the first 20 s; the pauses grow; when connections are let in again, the bot is back."
        ),
        clause=EVENTS_PAGE,
        why=(
            ASTRBOT_RECONNECT,
            "https://github.com/HKUDS/nanobot/issues/4767",
            "https://github.com/HKUDS/nanobot/pull/4768",
            "https://github.com/AstrBotDevs/AstrBot/issues/7708",
            "https://github.com/zhinjs/qq-official-bot/issues/98",
            "https://github.com/NousResearch/hermes-agent/issues/25505",
        ),
        fix="Double the pause after each failed connection up to a minute, with some jitter; never count to an end.",
    ),
    CheckRow(
        id="reconnect/quick-disconnects",
        level=Level.SHOULD,
        title="thrown out after each login",
        happens="READY or RESUMED is sent, then close 4009, again and again.",
        requirement=(
            "After six of them, at the latest, the bot pauses for about a minute (half is enough); then it is online."
        ),
        clause=EVENTS_PAGE,
        why=(ASTRBOT_RECONNECT, HERMES_RATE_LIMIT, "https://github.com/satorijs/satori/issues/363"),
        fix="Count connections that end within seconds of READY; pause for a minute after three, and count anew.",
    ),
    CheckRow(
        id="reconnect/backoff-resets",
        level=Level.MUST,
        title="a drop after a healthy spell",
        happens="An outage with refused connections; the bot returns, is online for 90 s, and loses its connection.",
        requirement="The first retry is prompt, as if the outage had never been.",
        clause=EVENTS_PAGE,
        why=(
            ASTRBOT_RECONNECT,
            "https://github.com/agentscope-ai/QwenPaw/issues/2796",
            "https://github.com/agentscope-ai/QwenPaw/pull/2827",
        ),
        fix="Begin the back-off anew once a connection has held for half a minute.",
    ),
    CheckRow(
        id="reconnect/url-cached",
        level=Level.SHOULD,
        title="six reconnects, two gateway calls a minute",
        happens="`GET /gateway` answers 100017 after two calls in a minute, while the bot is recycled six times.",
        requirement="Every reconnect succeeds, and the address was asked for fewer times than six.",
        clause=GATEWAY_PAGE,
        why=(
            HERMES_RATE_LIMIT,
            "https://github.com/NousResearch/hermes-agent/issues/11489",
            "https://github.com/NousResearch/hermes-agent/issues/14539",
        ),
        fix="Keep the gateway's address; ask for it again only when dialling it keeps failing.",
    ),
    CheckRow(
        id="reconnect/url-endpoint-down",
        level=Level.MUST,
        title="gateway endpoint down at a reconnect",
        happens="`GET /gateway` is rate-limited, empty, 502 or silent for 20 s when the connection is closed.",
        requirement="At most ten calls in these 20 s; the bot is back, with the address it has or with patience.",
        clause=GATEWAY_PAGE,
        why=(
            HERMES_RATE_LIMIT,
            "https://github.com/QwenLM/qwen-code/pull/5415",
            "https://github.com/NousResearch/hermes-agent/issues/17703",
        ),
        fix="Dial the address of before; when it must be asked for, treat a bad answer like a failed connection.",
    ),
    CheckRow(
        id="reconnect/long-outage",
        level=Level.MUST,
        title="an hour without the platform",
        happens=(
            "Connections are reset, and the kernel refuses new ones, HTTP too, for an hour of the bot's clock; for two "
            "minutes where that cannot be made faster."
        ),
        requirement="The bot is back by itself within five minutes of the end.",
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/tencent-connect/bot-node-sdk/issues/94",
            "https://github.com/agentscope-ai/QwenPaw/issues/1180",
            "https://github.com/NousResearch/hermes-agent/pull/19414",
            "https://github.com/NousResearch/hermes-agent/pull/25537",
            "https://github.com/riba2534/happyclaw/pull/538",
        ),
        fix="Never stop trying; cap the pause between two tries at a minute or so.",
    ),
    CheckRow(
        id="reconnect/one-shard",
        level=Level.MUST,
        title="one of three shards falls",
        happens="`shards` is 3; the connection of shard 1 is closed with 4009.",
        requirement="Within a minute shard 1, and it alone, logs in again; the others stay connected.",
        clause=EVENTS_PAGE,
        why=("https://github.com/tencent-connect/botpy/blob/e25f3e8/botpy/connection.py",),
        fix="Let each shard reconnect by itself; do not wait for the others, and do not restart them.",
        features=(Feature.SHARDS,),
    ),
    CheckRow(
        id="reconnect/old-socket-closed",
        level=Level.MUST,
        title="the old socket after op 7",
        happens="RECONNECT (op 7) without a close; the old TCP connection stays up as long as the bot holds it.",
        requirement="The bot closes the connection that it leaves; a message is answered once.",
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/AstrBotDevs/AstrBot/issues/5897",
            "https://github.com/AstrBotDevs/AstrBot/issues/7259",
            "https://github.com/AstrBotDevs/AstrBot/issues/6183",
            "https://github.com/AstrBotDevs/AstrBot/pull/7265",
        ),
        fix="Close the old socket before, or right after, the new one is opened.",
    ),
)
