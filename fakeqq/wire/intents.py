"""Intents: which bit of an IDENTIFY brings which events."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag
from types import MappingProxyType

from fakeqq.wire.evidence import Evidence, Source
from fakeqq.wire.sources import BOTGO_INTENTS, DOCS_PAYLOAD, docs_2026, issue


class Intent(IntFlag):
    """The bits of IDENTIFY's `intents`."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    DIRECT_MESSAGE = 1 << 12
    OPEN_FORUMS_EVENT = 1 << 18
    AUDIO_OR_LIVE_CHANNEL_MEMBER = 1 << 19
    ENTER_AIO = 1 << 23
    GROUP_MEMBER_EVENT = 1 << 24
    GROUP_AND_C2C_EVENT = 1 << 25
    INTERACTION = 1 << 26
    MESSAGE_AUDIT = 1 << 27
    FORUMS_EVENT = 1 << 28
    AUDIO_ACTION = 1 << 29
    PUBLIC_GUILD_MESSAGES = 1 << 30


@dataclass(frozen=True, slots=True)
class IntentRow:
    """One bit: its number, its name and the events that come with it."""

    bit: int
    name: str
    events: tuple[str, ...]
    private_only: bool
    evidence: Evidence
    sources: tuple[Source, ...]
    note: str = ""


def _row(
    intent: Intent,
    events: str,
    evidence: Evidence,
    *sources: Source,
    private_only: bool = False,
    note: str = "",
) -> IntentRow:
    bit = intent.value.bit_length() - 1
    return IntentRow(bit, intent.name or "", tuple(events.split()), private_only, evidence, sources, note)


_D = Evidence.DOCUMENTED
_DOCS = (DOCS_PAYLOAD, BOTGO_INTENTS)

INTENT_ROWS: tuple[IntentRow, ...] = (
    _row(
        Intent.GUILDS,
        "GUILD_CREATE GUILD_UPDATE GUILD_DELETE CHANNEL_CREATE CHANNEL_UPDATE CHANNEL_DELETE",
        _D,
        *_DOCS,
    ),
    _row(Intent.GUILD_MEMBERS, "GUILD_MEMBER_ADD GUILD_MEMBER_UPDATE GUILD_MEMBER_REMOVE", _D, *_DOCS),
    _row(
        Intent.GUILD_MESSAGES,
        "MESSAGE_CREATE MESSAGE_DELETE",
        _D,
        *_DOCS,
        issue("esengine/DeepSeek-Reasonix", 7512),
        private_only=True,
        note="a public bot that asks for it is refused with op 9 and then 4014",
    ),
    _row(Intent.GUILD_MESSAGE_REACTIONS, "MESSAGE_REACTION_ADD MESSAGE_REACTION_REMOVE", _D, *_DOCS),
    _row(Intent.DIRECT_MESSAGE, "DIRECT_MESSAGE_CREATE DIRECT_MESSAGE_DELETE", _D, *_DOCS),
    _row(
        Intent.OPEN_FORUMS_EVENT,
        "OPEN_FORUM_THREAD_CREATE OPEN_FORUM_THREAD_UPDATE OPEN_FORUM_THREAD_DELETE "
        "OPEN_FORUM_POST_CREATE OPEN_FORUM_POST_DELETE OPEN_FORUM_REPLY_CREATE OPEN_FORUM_REPLY_DELETE",
        _D,
        BOTGO_INTENTS,
        note="only SDKs name it",
    ),
    _row(
        Intent.AUDIO_OR_LIVE_CHANNEL_MEMBER,
        "AUDIO_OR_LIVE_CHANNEL_MEMBER_ENTER AUDIO_OR_LIVE_CHANNEL_MEMBER_EXIT",
        _D,
        BOTGO_INTENTS,
        note="only SDKs name it",
    ),
    _row(Intent.ENTER_AIO, "ENTER_AIO", _D, BOTGO_INTENTS, note="only botgo names it"),
    _row(
        Intent.GROUP_MEMBER_EVENT,
        "GROUP_MEMBER_ADD GROUP_MEMBER_REMOVE",
        _D,
        docs_2026("autogen/event/group_member_add"),
        issue("nonebot/adapter-qq", 212),
        note="`timestamp` of these events is an integer",
    ),
    _row(
        Intent.GROUP_AND_C2C_EVENT,
        "C2C_MESSAGE_CREATE FRIEND_ADD FRIEND_DEL C2C_MSG_REJECT C2C_MSG_RECEIVE "
        "GROUP_AT_MESSAGE_CREATE GROUP_MESSAGE_CREATE GROUP_ADD_ROBOT GROUP_DEL_ROBOT "
        "GROUP_MSG_REJECT GROUP_MSG_RECEIVE GROUP_JOIN_REQUEST SUBSCRIBE_MESSAGE_STATUS",
        _D,
        *_DOCS,
        docs_2026("autogen/event/group_message_create"),
        issue("NousResearch/hermes-agent", 63761),
        note="sources disagree on GROUP_MESSAGE_CREATE: bit 25 by the event's page and a run that had only "
        "12|25|26|30, bit 24 by some clients",
    ),
    _row(
        Intent.INTERACTION,
        "INTERACTION_CREATE",
        _D,
        *_DOCS,
        issue("esengine/DeepSeek-Reasonix", 9139),
        note="sources disagree: one report calls it privileged, many bots identify with it and work",
    ),
    _row(Intent.MESSAGE_AUDIT, "MESSAGE_AUDIT_PASS MESSAGE_AUDIT_REJECT", _D, *_DOCS),
    _row(
        Intent.FORUMS_EVENT,
        "FORUM_THREAD_CREATE FORUM_THREAD_UPDATE FORUM_THREAD_DELETE FORUM_POST_CREATE FORUM_POST_DELETE "
        "FORUM_REPLY_CREATE FORUM_REPLY_DELETE FORUM_PUBLISH_AUDIT_RESULT",
        _D,
        *_DOCS,
        private_only=True,
    ),
    _row(Intent.AUDIO_ACTION, "AUDIO_START AUDIO_FINISH AUDIO_ON_MIC AUDIO_OFF_MIC", _D, *_DOCS),
    _row(Intent.PUBLIC_GUILD_MESSAGES, "AT_MESSAGE_CREATE PUBLIC_MESSAGE_DELETE", _D, *_DOCS),
)

ALL_INTENTS = Intent(sum(Intent))

DEFAULT_PERMISSIONS = Intent(sum(1 << row.bit for row in INTENT_ROWS if not row.private_only))
"""What a world's bot may ask for unless told otherwise: all that a public bot can get. Our choice."""

EVENT_INTENTS: Mapping[str, Intent] = MappingProxyType(
    {
        "READY": Intent(0),
        "RESUMED": Intent(0),
        **{event: Intent(1 << row.bit) for row in INTENT_ROWS for event in row.events},
    }
)
"""Event type to the bit that brings it; `Intent(0)` for the two that come to everybody."""
