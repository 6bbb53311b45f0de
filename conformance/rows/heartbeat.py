"""Chapter heartbeat: op 1 and op 11."""

from __future__ import annotations

from conformance.row import CheckRow, Level
from conformance.rows import ASTRBOT_RECONNECT, EVENTS_PAGE

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
)
