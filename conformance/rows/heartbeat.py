"""Chapter heartbeat: op 1 and op 11."""

from __future__ import annotations

from conformance.row import CheckRow, Level
from conformance.rows import ASTRBOT_RECONNECT, DOCS, EVENTS_PAGE

ROWS: tuple[CheckRow, ...] = (
    CheckRow(
        id="heartbeat/follows-hello",
        level=Level.MUST,
        title="pace of HELLO",
        happens="HELLO announces an interval that is nobody's default.",
        requirement="The bot sends op 1 at the announced pace: never later than 1.5 intervals, and without a flood.",
        clause=EVENTS_PAGE,
        why=(
            ASTRBOT_RECONNECT,
            "https://github.com/tencent-connect/botpy/blob/e25f3e8/botpy/gateway.py",
        ),
        fix="Read `d.heartbeat_interval` (milliseconds) of every HELLO and use it for that connection.",
    ),
    CheckRow(
        id="heartbeat/every-connection",
        level=Level.MUST,
        title="pace of the next HELLO",
        happens="The bot is asked to reconnect; HELLO of the new connection announces another interval.",
        requirement="Op 1 at the new pace on the new connection, and nothing from the loop of the old one.",
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/NousResearch/hermes-agent/issues/24357",
            "https://github.com/NousResearch/hermes-agent/pull/25493",
            "https://github.com/NousResearch/hermes-agent/pull/25702",
        ),
        fix="Start a heartbeat of its own with each connection, and end the old one with its connection.",
    ),
    CheckRow(
        id="heartbeat/last-seq",
        level=Level.SHOULD,
        title="`d` of op 1",
        happens="After some dispatches, ACKs come with `s` 0, with `s` null, and without `s`.",
        requirement="`d` of op 1 is the highest `s` of a dispatch; before the first dispatch it is null.",
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/nonebot/adapter-qq/pull/37",
            "https://github.com/satorijs/satori/blob/933734b/adapters/qq/src/ws.ts",
        ),
        fix="Keep `s` of frames with op 0 only, the highest one of the session, READY's among them.",
    ),
    CheckRow(
        id="heartbeat/ack-missing",
        level=Level.MUST,
        title="half-open connection",
        happens="Heartbeats are no longer acknowledged, and the socket stays open.",
        requirement="Within about three intervals the bot leaves for a new connection and sends RESUME there.",
        clause=EVENTS_PAGE,
        why=(
            ASTRBOT_RECONNECT,
            "https://github.com/NousResearch/hermes-agent/pull/106291",
            "https://github.com/NousResearch/hermes-agent/issues/19821",
            "https://github.com/tencent-connect/openclaw-qqbot/issues/301",
        ),
        fix="Count unacknowledged heartbeats; after two, close the socket yourself and RESUME on a new one.",
    ),
    CheckRow(
        id="heartbeat/one-late-ack",
        level=Level.MUST,
        title="one late ACK",
        happens="One ACK comes after the next heartbeat; so again on a new connection, when one of the old is missing.",
        requirement="The bot stays, both times.",
        clause=EVENTS_PAGE,
        why=("https://github.com/zeroclaw-labs/zeroclaw/issues/4744",),
        fix="Give a connection up after two or three missing ACKs in a row; count anew on each connection.",
    ),
    CheckRow(
        id="heartbeat/not-chained",
        level=Level.MUST,
        title="an ACK too many, an ACK too few",
        happens="One ACK comes two times; later one does not come.",
        requirement="The pace of the heartbeats stays the same.",
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/tencent-connect/bot-node-sdk/blob/9980515/src/client/websocket/websocket.ts",
            "https://github.com/zhinjs/qq-official-bot/blob/338b128/src/sessionManager.ts",
        ),
        fix="Send heartbeats by a timer of their own; an ACK must not schedule the next one.",
    ),
    CheckRow(
        id="heartbeat/quiet-is-healthy",
        level=Level.MUST,
        title="nobody speaks",
        happens="For five and a half minutes there is no dispatch, and each heartbeat has its ACK.",
        requirement="The bot stays on the connection.",
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/BytePioneer-AI/openclaw-china/issues/121",
            "https://github.com/BytePioneer-AI/openclaw-china/pull/127",
            "https://github.com/NousResearch/hermes-agent/pull/47586",
        ),
        fix="An ACK is a sign of life like a message; a connection is stale when its ACKs are missing, and only then.",
    ),
    CheckRow(
        id="heartbeat/server-asks",
        level=Level.SHOULD,
        title="op 1 from the platform",
        happens="The platform sends op 1, which the documents allow in both directions.",
        requirement="The bot stays, and answers with op 1 or ignores it.",
        clause=f"{DOCS}/dev-prepare/interface-framework/opcode.md",
        why=("https://github.com/tencent-connect/botpy/blob/e25f3e8/botpy/gateway.py#L77",),
        fix="Handle frames by their op; `s` and `t` stand in dispatches only.",
    ),
    CheckRow(
        id="heartbeat/absurd-interval",
        level=Level.ADVICE,
        title="absurd intervals",
        happens="The first HELLO announces an interval of 0, a negative one, none, or one of thirty years.",
        requirement="No flood of heartbeats, and no silence for ever: a sane interval is used, or the bot reconnects.",
        clause=EVENTS_PAGE,
        why=("https://github.com/QwenLM/qwen-code/pull/5202",),
        fix="Take the announced interval within bounds, such as 1 s to 10 min, and 41.25 s for everything else.",
    ),
)
