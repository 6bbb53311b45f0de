"""Close codes of the gateway: what each means and what a client may do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

from fakeqq.wire.evidence import Evidence, Source
from fakeqq.wire.sources import BOTGO_CLOSE_CODES, DOCS_WEBSOCKET, OURS, issue, qqbot_nodejs


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


_D, _O = Evidence.DOCUMENTED, Evidence.OBSERVED
_DOCS = (DOCS_WEBSOCKET, BOTGO_CLOSE_CODES)
_SDK = (BOTGO_CLOSE_CODES,)
_NO_TEXT = "nobody saw its reason text"
_FATAL = (
    "sources disagree: the table says neither RESUME nor IDENTIFY, the advice below it says that every code "
    "but 4009, 4914 and 4915 is answered with IDENTIFY"
)
_SDK_ONLY = "only botgo has it; the official table does not, so nobody says what may follow"
_INTERNAL = "internal error of the platform; the table gives the range 4900 to 4913 as one row"


def _row(
    code: int,
    name: str,
    meaning: str,
    reason: str,
    may: tuple[bool | None, bool | None],
    evidence: Evidence,
    sources: tuple[Source, ...],
    note: str,
) -> CloseCodeRow:
    return CloseCodeRow(code, name, meaning, reason, *may, evidence, sources, note)


_NEITHER, _FRESH, _BOTH, _UNSAID = (False, False), (False, True), (True, True), (None, None)

# fmt: off - one row to a line, columns aligned
_ROWS: tuple[CloseCodeRow, ...] = (
    #    code  name                     meaning                                  reason              resume/identify
    _row(1000, "normal",                "the server drains, for a deploy",       "",                 _BOTH,    _D, (qqbot_nodejs("src/protocol/gateway"),), "only the official Node SDK describes it; " + _NO_TEXT),
    _row(1001, "going_away",            "the server goes away",                  "",                 _BOTH,    Evidence.OUR_CHOICE, (OURS,), "a code of the WebSocket protocol; nobody saw it from QQ; treated as 1000"),
    _row(1006, "abnormal",              "no close frame came",                   "",                 _BOTH,    _O, (issue("NousResearch/hermes-agent", 20531),), "never on the wire; the commonest drop"),
    _row(4000, "unknown_error",         "unknown error",                         "",                 _UNSAID,  _D, _SDK, _SDK_ONLY),
    _row(4001, "invalid_opcode",        "invalid opcode",                        "",                 _NEITHER, _D, _DOCS, _FATAL),
    _row(4002, "invalid_payload",       "invalid payload",                       "",                 _NEITHER, _D, _DOCS, _FATAL),
    _row(4003, "not_authenticated",     "a command before authentication",       "",                 _UNSAID,  _D, _SDK, _SDK_ONLY),
    _row(4004, "authentication_failed", "the token is wrong or has expired",     "",                 _UNSAID,  _D, (BOTGO_CLOSE_CODES, issue("zhinjs/qq-official-bot", 98)), _SDK_ONLY),
    _row(4005, "already_authenticated", "a second IDENTIFY on one connection",   "",                 _UNSAID,  _D, _SDK, _SDK_ONLY),
    _row(4006, "invalid_session",       "the session id is invalid",             "",                 _FRESH,   _D, _DOCS, "documented only: " + _NO_TEXT),
    _row(4007, "invalid_seq",           "the seq is wrong",                      "",                 _FRESH,   _D, _DOCS, "documented only: " + _NO_TEXT),
    _row(4008, "rate_limited",          "payloads were sent too fast",           "",                 _BOTH,    _D, _DOCS, "no number is published"),
    _row(4009, "session_timed_out",     "the connection's lifetime is over",     "Session timed out", _BOTH,   _O, (DOCS_WEBSOCKET, issue("openclaw/openclaw", 78890)), "routine, about every half hour"),
    _row(4010, "invalid_shard",         "the shard is invalid",                  "",                 _NEITHER, _D, _DOCS, _FATAL),
    _row(4011, "sharding_required",     "too many guilds for one connection",    "",                 _NEITHER, _D, _DOCS, _FATAL),
    _row(4012, "invalid_version",       "the version is invalid",                "",                 _NEITHER, _D, _DOCS, _FATAL),
    _row(4013, "invalid_intents",       "the intents are malformed",             "",                 _NEITHER, _D, _DOCS, _FATAL),
    _row(4014, "disallowed_intents",    "an intent that the bot may not have",   "disallowed intents", _NEITHER, _O, (DOCS_WEBSOCKET, issue("satorijs/satori", 226)), "op 9 comes first; " + _FATAL),
    _row(4902, "reset_by_resume",       "a RESUME was refused",                  "reset by resume",  _FRESH,   _O, (issue("tencent-connect/bot-node-sdk", 94),), _INTERNAL),
    _row(4903, "create_session_error",  "the session could not be made",         "create session error", _FRESH, _O, (issue("tencent-connect/openclaw-qqbot", 18),), _INTERNAL),
    *(
        _row(code, f"internal_error_{code}", "internal error of the platform",   "",                 _FRESH,   _D, (DOCS_WEBSOCKET,), _INTERNAL)
        for code in range(4900, 4914) if code not in {4902, 4903}
    ),
    _row(4914, "bot_unlisted",          "the bot is unlisted; sandbox only",     "",                 _NEITHER, _D, _DOCS, _NO_TEXT),
    _row(4915, "bot_banned",            "the bot is banned",                     "",                 _NEITHER, _D, _DOCS, _NO_TEXT),
)
# fmt: on

CLOSE_CODES: Mapping[int, CloseCodeRow] = MappingProxyType(
    {row.code: row for row in sorted(_ROWS, key=lambda row: row.code)}
)


def close_rule(code: int) -> CloseCodeRow | None:
    """The row of a close code, or None: an unknown code is the caller's decision."""
    return CLOSE_CODES.get(code)
