"""Numbers of the platform: windows, counts, sizes and pauses."""

from dataclasses import dataclass

from fakeqq.wire.evidence import Evidence, Source
from fakeqq.wire.sources import (
    BOTGO,
    DOCS_API_USE,
    DOCS_C2C_SEND,
    DOCS_GATEWAY,
    DOCS_GROUP_SEND,
    DOCS_SEND,
    DOCS_WEBSOCKET,
    FIELD_REPORT,
    OURS,
    docs_2026,
    issue,
)


@dataclass(frozen=True, slots=True)
class Limit:
    """One number with its unit and where it comes from."""

    name: str
    value: int
    unit: str
    evidence: Evidence
    sources: tuple[Source, ...]
    note: str = ""


_D, _O, _I, _C = Evidence.DOCUMENTED, Evidence.OBSERVED, Evidence.INFERRED, Evidence.OUR_CHOICE

HEARTBEAT_INTERVAL_MS = Limit(
    "HEARTBEAT_INTERVAL_MS",
    41_250,
    "milliseconds",
    _O,
    (issue("zeroclaw-labs/zeroclaw", 4744), DOCS_WEBSOCKET),
    "sources disagree: every document prints 45000; the one production log that prints the value has 41250",
)
MISSED_HEARTBEATS = Limit(
    "MISSED_HEARTBEATS",
    2,
    "intervals",
    _C,
    (OURS, issue("NousResearch/hermes-agent", 24357), issue("NousResearch/hermes-agent", 20531)),
    "after how much silence the server gives up; reports name 60 to 90 seconds, which is about two intervals",
)
RECYCLE_INTERVAL = Limit(
    "RECYCLE_INTERVAL",
    1_800,
    "seconds",
    _O,
    (issue("tencent-connect/openclaw-qqbot", 255), issue("openclaw/openclaw", 78890)),
    "sources disagree: half an hour in most logs, about 65 minutes or a few hours in single ones",
)
SESSION_LIFETIME = Limit(
    "SESSION_LIFETIME",
    300,
    "seconds",
    _C,
    (OURS, issue("agentscope-ai/QwenPaw", 7946)),
    "how long a session without a connection can be resumed; success was seen after 49 s, clients stop trying "
    "after 5 minutes or an hour, the platform publishes nothing",
)
REPLAY_BUFFER_EVENTS = Limit("REPLAY_BUFFER_EVENTS", 1_000, "events", _C, (OURS,), "how much a RESUME can replay")

TOKEN_LIFETIME = Limit("TOKEN_LIFETIME", 7_200, "seconds", _D, (DOCS_API_USE,))
TOKEN_OVERLAP = Limit(
    "TOKEN_OVERLAP",
    60,
    "seconds",
    _D,
    (DOCS_API_USE,),
    "within a token's last minute a new one is given out and both are valid",
)

SESSION_START_TOTAL = Limit(
    "SESSION_START_TOTAL",
    1_000,
    "sessions per day",
    _D,
    (DOCS_WEBSOCKET, issue("sealdice/sealdice-core", 1488)),
    "sources disagree: the documents print 1000, one capture of October 2025 has 1500",
)
SESSION_START_RESET_MS = Limit("SESSION_START_RESET_MS", 86_400_000, "milliseconds", _D, (DOCS_WEBSOCKET,))
MAX_CONCURRENCY = Limit("MAX_CONCURRENCY", 1, "sessions per 5 seconds", _D, (DOCS_WEBSOCKET,))
IDENTIFY_WINDOW = Limit(
    "IDENTIFY_WINDOW",
    5,
    "seconds",
    _D,
    (DOCS_WEBSOCKET, BOTGO),
    "sources disagree: the documents and botgo's comment say 5 seconds, botgo's code waits 2",
)
GATEWAY_CALLS_PER_MINUTE = Limit(
    "GATEWAY_CALLS_PER_MINUTE",
    2,
    "calls per minute",
    _D,
    (DOCS_GATEWAY, issue("NousResearch/hermes-agent", 18172)),
    "documented for GET /gateway only; measured as about two calls in a short window",
)
GATEWAY_CALLS_BURST = Limit("GATEWAY_CALLS_BURST", 10, "calls", _D, (DOCS_GATEWAY,), "documented beside the 2 a minute")

C2C_REPLY_WINDOW = Limit(
    "C2C_REPLY_WINDOW",
    3_600,
    "seconds",
    _D,
    (DOCS_C2C_SEND, DOCS_SEND),
    "sources disagree: the page's head says 60 minutes, its `msg_id` field says 5",
)
GROUP_REPLY_WINDOW = Limit("GROUP_REPLY_WINDOW", 300, "seconds", _D, (DOCS_GROUP_SEND, DOCS_SEND))
C2C_REPLY_COUNT = Limit(
    "C2C_REPLY_COUNT",
    4,
    "replies",
    _D,
    (DOCS_C2C_SEND, DOCS_SEND, issue("tencent-connect/botpy", 235)),
    "sources disagree: 4 since 2026, 5 in 2025; more than five were delivered in probes",
)
GROUP_REPLY_COUNT = Limit("GROUP_REPLY_COUNT", 5, "replies", _D, (DOCS_GROUP_SEND, DOCS_SEND))
RECALL_WINDOW = Limit(
    "RECALL_WINDOW",
    120,
    "seconds",
    _D,
    (docs_2026("autogen/api/v2_users_openid_messages_message_id.delete.html"),),
)

MAX_BODY_BYTES = Limit(
    "MAX_BODY_BYTES",
    26_214_400,
    "bytes",
    _I,
    (FIELD_REPORT,),
    "bodies of 18.7 MB reached the application, 26.7 MB got a 413 from the front; 25 MiB lies between",
)
MAX_FRAME_BYTES = Limit("MAX_FRAME_BYTES", 1_048_576, "bytes", _C, (OURS,), "of a frame that a client sends")

LIMITS: tuple[Limit, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Limit))
