"""Chapter send: replies, and their refusal."""

from __future__ import annotations

from conformance.row import CheckRow, Level
from conformance.rows import ASTRBOT_RECONNECT, SEND_PAGE

ROWS: tuple[CheckRow, ...] = (
    CheckRow(
        id="send/passive",
        level=Level.MUST,
        title="passive reply",
        happens="A user speaks to the bot.",
        requirement="The reply carries the `msg_id` of the message that it answers.",
        clause=SEND_PAGE,
        why=(
            "https://github.com/HKUDS/nanobot/pull/1307",
            "https://github.com/CherryHQ/cherry-studio/pull/16599",
        ),
        fix="Pass the event's `d.id` as `msg_id`; without it the reply is proactive, and few bots may send those.",
    ),
    CheckRow(
        id="send/msg-id-expired",
        level=Level.MUST,
        title="expired msg_id",
        happens="The reply is refused because its `msg_id` has expired, in either of the two wordings.",
        requirement="The bot sends the text again without `msg_id`, and the user sees it exactly once.",
        clause=SEND_PAGE,
        why=(
            ASTRBOT_RECONNECT,
            "https://github.com/AstrBotDevs/AstrBot/pull/9615",
            "https://github.com/NousResearch/hermes-agent/issues/43467",
            "https://github.com/NousResearch/hermes-agent/pull/43594",
        ),
        fix="On 40034005 or 40034031 repeat the call once without `msg_id`; the same `msg_id` will never work again.",
    ),
)
