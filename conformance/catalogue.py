"""What the suite grades: one row per check, as data.

A row states the requirement, its level, the official clause and the public failures that made it necessary. The
steps that judge it are the function of the same id in `conformance/checks/`. docs/CHECKS.md is printed from these
rows: `python -m conformance.catalogue`.
"""

from __future__ import annotations

import difflib
import sys
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Level(StrEnum):
    """How much a requirement weighs in the grade."""

    MUST = "M"
    SHOULD = "S"
    ADVICE = "A"  # shown, never scored

    @property
    def word(self) -> str:
        """The level in letters, as reports print it."""
        return {Level.MUST: "must", Level.SHOULD: "should", Level.ADVICE: "advice"}[self]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One requirement.

    Attributes:
        id: `chapter/slug`; stable for ever, used on command lines and in known-failing files.
        title: a few words for tables.
        happens: what the platform does during the check.
        requirement: what the bot has to do, in one sentence.
        clause: the official page that rules it, or the code that showed it.
        why: public issues and pull requests where released software failed here.
        fix: the usual repair, for the author of an adapter.
        since: the requirement set that first held the row (year-month).
    """

    id: str
    level: Level
    title: str
    happens: str
    requirement: str
    clause: str
    why: tuple[str, ...]
    fix: str
    since: str = "2026-11"

    @property
    def chapter(self) -> str:
        """The part before the slash."""
        return self.id.partition("/")[0]


REQUIREMENTS = "2026-11"
"""The newest requirement set; results say which one they were graded by."""

DOCS = "https://github.com/tencent-connect/bot-docs/blob/645787a/docs/develop/api-v2"
EVENTS_PAGE = f"{DOCS}/dev-prepare/interface-framework/event-emit.md"
CLOSE_CODES_PAGE = f"{DOCS}/dev-prepare/error-trace/websocket.md"
SEND_PAGE = f"{DOCS}/server-inter/message/send-receive/send.md"

ASTRBOT_RECONNECT = "https://github.com/AstrBotDevs/AstrBot/pull/9063"
HERMES_RATE_LIMIT = "https://github.com/NousResearch/hermes-agent/pull/18172"

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

CATALOGUE: Mapping[str, CheckRow] = MappingProxyType({row.id: row for row in ROWS})


class UnknownCheckError(LookupError):
    """An id that no row has; the message suggests the nearest ones."""


def check_row(check_id: str) -> CheckRow:
    """The row of an id (without a variant).

    Raises:
        UnknownCheckError: no such row.
    """
    row = CATALOGUE.get(check_id)
    if row is None:
        near = difflib.get_close_matches(check_id, CATALOGUE, n=3, cutoff=0.4)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UnknownCheckError(f"no check has the id {check_id!r}{hint}")
    return row


if __name__ == "__main__":
    from conformance.report import catalogue_page

    sys.stdout.write(catalogue_page.render())
