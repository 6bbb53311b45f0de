"""Close codes of the gateway: what each means and what a client may do next.

The official table says for each code whether RESUME and IDENTIFY may follow; the advice printed below it says
otherwise for half of it. Codes that only botgo has are in neither. 4900 to 4913 are one row of the table,
"internal error, reconnect"; two of them have been seen with a reason text of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

from fakeqq.wire.evidence import Evidence, Source
from fakeqq.wire.sources import (
    BOTGO_ERRORS,
    DOCS_CLOSE_CODES,
    DOCS_WEBSOCKET,
    OURS,
    issue,
    qqbot_nodejs,
)


class CloseCode(IntEnum):
    """The close codes that code of ours sends or asks about by name."""

    UNKNOWN_ERROR = 4000
    INVALID_OPCODE = 4001
    INVALID_PAYLOAD = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SESSION = 4006
    INVALID_SEQ = 4007
    RATE_LIMITED = 4008
    SESSION_TIMED_OUT = 4009
    INVALID_SHARD = 4010
    SHARDING_REQUIRED = 4011
    INVALID_VERSION = 4012
    INVALID_INTENTS = 4013
    DISALLOWED_INTENTS = 4014
    RESET_BY_RESUME = 4902
    CREATE_SESSION_ERROR = 4903
    BOT_UNLISTED = 4914
    BOT_BANNED = 4915


@dataclass(frozen=True, slots=True)
class CloseCodeRow:
    """One close code.

    Attributes:
        reason: the reason text of the close frame; "" where nobody saw one.
        may_resume: whether RESUME may follow; None where no source says.
        may_identify: whether IDENTIFY may follow; None where no source says.
    """

    code: int
    name: str
    meaning: str
    reason: str
    may_resume: bool | None
    may_identify: bool | None
    evidence: Evidence
    sources: tuple[Source, ...]
    note: str


_D, _O, _C = Evidence.DOCUMENTED, Evidence.OBSERVED, Evidence.OUR_CHOICE
_DOCS = (DOCS_WEBSOCKET, DOCS_CLOSE_CODES, BOTGO_ERRORS)
_TABLE = (DOCS_WEBSOCKET, DOCS_CLOSE_CODES)
_SDK = (BOTGO_ERRORS,)

_ADVICE = (
    "sources disagree: the table allows neither RESUME nor IDENTIFY, the advice below it wants IDENTIFY "
    "after every code but 4009, 4914 and 4915"
)
_SDK_ONLY = "botgo has it, the official table does not: nobody says what may follow, nobody saw its reason text"
_UNSEEN = "documented only: nobody saw it with its reason text"
_INTERNAL = "the table has 4900 to 4913 as one row"

# What may follow: (RESUME, IDENTIFY).
_BOTH, _FRESH, _NEITHER, _UNSAID = (True, True), (False, True), (False, False), (None, None)

# One row to a line, columns aligned: name, meaning, reason, what may follow, evidence.
# fmt: off
_FACTS: dict[int, tuple[str, str, str, tuple[bool | None, bool | None], Evidence]] = {
    1000: ("normal",                "the server drains, for a deploy",  "",                     _BOTH,    _D),
    1001: ("going_away",            "the server goes away",             "",                     _BOTH,    _C),
    1006: ("abnormal",              "no close frame came",              "",                     _BOTH,    _O),
    4000: ("unknown_error",         "unknown error",                    "",                     _UNSAID,  _D),
    4001: ("invalid_opcode",        "invalid opcode",                   "",                     _NEITHER, _D),
    4002: ("invalid_payload",       "invalid payload",                  "",                     _NEITHER, _D),
    4003: ("not_authenticated",     "a command before authentication",  "",                     _UNSAID,  _D),
    4004: ("authentication_failed", "the token is wrong, or expired",   "",                     _UNSAID,  _D),
    4005: ("already_authenticated", "a second IDENTIFY",                "",                     _UNSAID,  _D),
    4006: ("invalid_session",       "the session id is invalid",        "",                     _FRESH,   _D),
    4007: ("invalid_seq",           "the seq is wrong",                 "",                     _FRESH,   _D),
    4008: ("rate_limited",          "payloads were sent too fast",      "",                     _BOTH,    _D),
    4009: ("session_timed_out",     "the connection's life is over",    "Session timed out",    _BOTH,    _O),
    4010: ("invalid_shard",         "the shard is invalid",             "",                     _NEITHER, _D),
    4011: ("sharding_required",     "too many guilds for one shard",    "",                     _NEITHER, _D),
    4012: ("invalid_version",       "the version is invalid",           "",                     _NEITHER, _D),
    4013: ("invalid_intents",       "the intents are malformed",        "",                     _NEITHER, _D),
    4014: ("disallowed_intents",    "an intent without permission",     "disallowed intents",   _NEITHER, _O),
    4902: ("reset_by_resume",       "internal error: RESUME refused",   "reset by resume",      _FRESH,   _O),
    4903: ("create_session_error",  "internal error: no session made",  "create session error", _FRESH,   _O),
    4914: ("bot_unlisted",          "unlisted; sandbox only",           "",                     _NEITHER, _D),
    4915: ("bot_banned",            "the bot is banned",                "",                     _NEITHER, _D),
}
# fmt: on
_FACTS |= {
    code: (f"internal_error_{code}", "internal error", "", _FRESH, _D)
    for code in range(4900, 4914)
    if code not in _FACTS
}

_SOURCES: dict[int, tuple[Source, ...]] = {
    1000: (qqbot_nodejs("src/protocol/gateway/reconnect.ts"),),
    1001: (OURS,),
    1006: (issue("NousResearch/hermes-agent", 20531), issue("NousResearch/hermes-agent", 19821)),
    4000: _SDK,
    4003: _SDK,
    4004: (BOTGO_ERRORS, issue("zhinjs/qq-official-bot", 98)),
    4005: _SDK,
    4009: (
        *_DOCS,
        issue("openclaw/openclaw", 78890),
        issue("tencent-connect/openclaw-qqbot", 255),
        issue("NousResearch/hermes-agent", 24357),
    ),
    4014: (*_DOCS, issue("satorijs/satori", 226), issue("satorijs/satori", 363)),
    4902: (*_TABLE, issue("tencent-connect/bot-node-sdk", 94)),
    4903: (*_TABLE, issue("tencent-connect/openclaw-qqbot", 18), issue("tencent-connect/openclaw-qqbot", 17)),
}

_NOTES: dict[int, str] = {
    1000: "only the official Node SDK describes it",
    1001: "a code of the WebSocket protocol that nobody saw from QQ; treated as 1000",
    1006: "never on the wire: what a client reports when TCP ended without a close frame; the commonest drop",
    4000: _SDK_ONLY,
    4001: _ADVICE,
    4002: _ADVICE,
    4003: _SDK_ONLY,
    4004: _SDK_ONLY + "; seen after an expired token, where a new token helped",
    4005: _SDK_ONLY,
    4006: _UNSEEN,
    4007: _UNSEEN,
    4008: "sources disagree: resumable by the table, IDENTIFY by the advice below it; no rate is published",
    4009: "routine: follows op 7 about every half hour, and is answered with RESUME",
    4010: _ADVICE,
    4011: _ADVICE,
    4012: _ADVICE,
    4013: _ADVICE,
    4014: "op 9 `false` comes first, so a client that closes on op 9 never learns this code; " + _ADVICE,
    4902: _INTERNAL + "; seen again and again for one dead session",
    4903: _INTERNAL + "; after op 9, 101 ms after open; the bot had identified too often",
    4914: "sources disagree on the meaning only: qqbot-nodejs calls it insufficient intents",
    4915: "sources disagree on the meaning only: qqbot-nodejs calls it disallowed intents",
}


def _row(code: int) -> CloseCodeRow:
    name, meaning, reason, may_follow, evidence = _FACTS[code]
    internal = 4900 <= code <= 4913
    return CloseCodeRow(
        code,
        name,
        meaning,
        reason,
        *may_follow,
        evidence,
        _SOURCES.get(code, _TABLE if internal else _DOCS),
        _NOTES.get(code, _INTERNAL if internal else ""),
    )


CLOSE_CODES: Mapping[int, CloseCodeRow] = MappingProxyType({code: _row(code) for code in sorted(_FACTS)})


def close_rule(code: int) -> CloseCodeRow | None:
    """The row of a close code, or None: what an unknown code means is the caller's decision."""
    return CLOSE_CODES.get(code)
