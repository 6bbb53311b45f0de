"""Chapter reconnect: op 7, close codes, and the way back."""

from __future__ import annotations

from conformance.row import CheckRow, Level
from conformance.rows import ASTRBOT_RECONNECT, CLOSE_CODES_PAGE, EVENTS_PAGE

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
)
