"""Chapter resume: nothing lost, nothing doubled."""

from __future__ import annotations

from conformance.row import CheckRow, Level
from conformance.rows import ASTRBOT_RECONNECT, EVENTS_PAGE

ROWS: tuple[CheckRow, ...] = (
    CheckRow(
        id="resume/missed-event",
        level=Level.MUST,
        title="messages said while away",
        happens="The connection is closed with 4009, and messages arrive before the bot is back.",
        requirement="The bot resumes, and answers each of the replayed messages exactly once.",
        clause=EVENTS_PAGE,
        why=(
            ASTRBOT_RECONNECT,
            "https://github.com/openclaw/openclaw/issues/78890",
            "https://github.com/NousResearch/hermes-agent/pull/106291",
        ),
        fix="RESUME with the last `s`; what arrives between RESUME and RESUMED is an ordinary event: handle it.",
    ),
)
