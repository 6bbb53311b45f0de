"""Numbers of the platform: windows, counts, sizes and pauses."""

from dataclasses import dataclass

from fakeqq.wire.evidence import Evidence, Source
from fakeqq.wire.sources import (
    BOTGO,
    DOCS_C2C_RECALL,
    DOCS_C2C_SEND,
    DOCS_GATEWAY,
    DOCS_GATEWAY_BOT,
    DOCS_GROUP_RECALL,
    DOCS_GROUP_SEND,
    DOCS_SEND,
    DOCS_STREAM,
    DOCS_TOKEN,
    DOCS_UPLOAD,
    DOCS_UPLOAD_PREPARE,
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

# The gateway

HEARTBEAT_INTERVAL_MS = Limit(
    "HEARTBEAT_INTERVAL_MS",
    41_250,
    "milliseconds",
    _O,
    (issue("zeroclaw-labs/zeroclaw", 4744), DOCS_WEBSOCKET),
    "sources disagree: every document prints 45000, the one production log that prints the value has 41250",
)
MISSED_HEARTBEATS = Limit(
    "MISSED_HEARTBEATS",
    2,
    "intervals",
    _C,
    (OURS, issue("NousResearch/hermes-agent", 20531), issue("NousResearch/hermes-agent", 24357)),
    "how long a silent client is borne; reports of drops after 60 to 90 seconds are about two intervals",
)
RECYCLE_INTERVAL = Limit(
    "RECYCLE_INTERVAL",
    1_800,
    "seconds",
    _O,
    (issue("tencent-connect/openclaw-qqbot", 255), issue("openclaw/openclaw", 78890)),
    "sources disagree: half an hour in most logs; about 65 minutes, or a few hours, in single ones",
)
SESSION_LIFETIME = Limit(
    "SESSION_LIFETIME",
    300,
    "seconds",
    _C,
    (OURS, issue("agentscope-ai/QwenPaw", 7946)),
    "how long a session without a connection can be resumed: nothing is published; 49 s were survived, "
    "clients themselves stop trying after five minutes or an hour",
)
REPLAY_BUFFER_EVENTS = Limit("REPLAY_BUFFER_EVENTS", 1_000, "events", _C, (OURS,), "how much a RESUME can bring back")
MAX_FRAME_BYTES = Limit(
    "MAX_FRAME_BYTES", 1_048_576, "bytes", _C, (OURS,), "of one frame from a client; its frames are small"
)

# Starting sessions

SESSION_START_TOTAL = Limit(
    "SESSION_START_TOTAL",
    1_000,
    "sessions per day",
    _D,
    (DOCS_WEBSOCKET, DOCS_GATEWAY_BOT, issue("sealdice/sealdice-core", 1488)),
    "sources disagree: the documents print 1000, a capture of 2025 has 1500; the smaller one finds more",
)
SESSION_START_RESET_MS = Limit(
    "SESSION_START_RESET_MS",
    86_400_000,
    "milliseconds",
    _D,
    (DOCS_WEBSOCKET, issue("sealdice/sealdice-core", 1488)),
)
MAX_CONCURRENCY = Limit(
    "MAX_CONCURRENCY",
    1,
    "sessions per IDENTIFY_WINDOW",
    _D,
    (DOCS_WEBSOCKET, issue("sealdice/sealdice-core", 1488)),
)
IDENTIFY_WINDOW = Limit(
    "IDENTIFY_WINDOW",
    5,
    "seconds",
    _D,
    (DOCS_GATEWAY_BOT, BOTGO),
    "sources disagree: the documents and botgo's comment say 5 seconds, botgo's code waits 2",
)
GATEWAY_CALLS_PER_MINUTE = Limit(
    "GATEWAY_CALLS_PER_MINUTE",
    2,
    "calls per minute",
    _D,
    (DOCS_GATEWAY, issue("NousResearch/hermes-agent", 18172)),
    "documented for GET /gateway alone; a run of the real platform was refused after about two calls",
)
GATEWAY_CALLS_BURST = Limit(
    "GATEWAY_CALLS_BURST",
    10,
    "calls per minute",
    _D,
    (DOCS_GATEWAY, issue("NousResearch/hermes-agent", 18172)),
    "sources disagree: the page allows a burst of 10, the run saw none",
)

# Tokens

TOKEN_LIFETIME = Limit(
    "TOKEN_LIFETIME",
    7_200,
    "seconds",
    _D,
    (DOCS_TOKEN, issue("tencent-connect/botpy", 242)),
    "`expires_in` is what remains of it, as a string",
)
TOKEN_OVERLAP = Limit(
    "TOKEN_OVERLAP",
    60,
    "seconds",
    _D,
    (DOCS_TOKEN,),
    "in a token's last minute a new one is given out, and both are valid",
)

TOKEN_CALLS_PER_MINUTE = Limit(
    "TOKEN_CALLS_PER_MINUTE",
    10,
    "calls per minute",
    _C,
    (OURS, DOCS_TOKEN),
    "where the switch `token_budget` is on; a refusal is documented, no number is",
)

# Passive replies

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
    "sources disagree: 4 in 2026, 5 in 2025, and more than five were delivered in probes",
)
GROUP_REPLY_COUNT = Limit("GROUP_REPLY_COUNT", 5, "replies", _D, (DOCS_GROUP_SEND, DOCS_SEND))
TYPING_SECONDS = Limit(
    "TYPING_SECONDS", 60, "seconds", _D, (DOCS_C2C_SEND,), "the most that `input_notify.input_second` may be"
)

# Proactive messages

PROACTIVE_C2C_PER_SECOND = Limit(
    "PROACTIVE_C2C_PER_SECOND",
    10,
    "messages",
    _D,
    (DOCS_C2C_SEND,),
    "a verified bot; others 5, 30 a minute",
)
PROACTIVE_GROUP_PER_MINUTE = Limit(
    "PROACTIVE_GROUP_PER_MINUTE", 60, "messages", _D, (DOCS_GROUP_SEND,), "a verified bot; 30 otherwise"
)
PROACTIVE_RECEIVER_PER_MINUTE = Limit(
    "PROACTIVE_RECEIVER_PER_MINUTE",
    20,
    "messages",
    _D,
    (DOCS_C2C_SEND, DOCS_GROUP_SEND),
    "to one user or one group",
)
PROACTIVE_RECEIVER_PER_DAY = Limit(
    "PROACTIVE_RECEIVER_PER_DAY",
    1_000,
    "messages",
    _D,
    (DOCS_C2C_SEND, DOCS_GROUP_SEND, DOCS_SEND),
    "to one user or one group; sources disagree across time: 4 a month in the documents of 2025",
)

PROACTIVE_C2C_UNVERIFIED_PER_SECOND = Limit("PROACTIVE_C2C_UNVERIFIED_PER_SECOND", 5, "messages", _D, (DOCS_C2C_SEND,))
PROACTIVE_UNVERIFIED_PER_MINUTE = Limit(
    "PROACTIVE_UNVERIFIED_PER_MINUTE",
    30,
    "messages",
    _D,
    (DOCS_C2C_SEND, DOCS_GROUP_SEND),
    "an unverified bot, to users and to groups",
)
PROACTIVE_PER_MONTH = Limit("PROACTIVE_PER_MONTH", 4, "messages", _D, (DOCS_SEND,), "to one user or group, in 2025")
KEYBOARD_ROWS = Limit("KEYBOARD_ROWS", 5, "rows", _D, (DOCS_C2C_SEND, DOCS_GROUP_SEND))
KEYBOARD_COLUMNS = Limit("KEYBOARD_COLUMNS", 5, "buttons in a row", _D, (DOCS_C2C_SEND, DOCS_GROUP_SEND))
KEYBOARD_LABEL_CHARS = Limit("KEYBOARD_LABEL_CHARS", 10, "characters", _D, (DOCS_C2C_SEND, DOCS_GROUP_SEND))
KEYBOARD_MODAL_CHARS = Limit(
    "KEYBOARD_MODAL_CHARS", 40, "characters", _D, (BOTGO, DOCS_C2C_SEND, DOCS_GROUP_SEND), "of `modal.content`"
)
KEYBOARD_MODAL_BUTTON_CHARS = Limit(
    "KEYBOARD_MODAL_BUTTON_CHARS",
    4,
    "characters",
    _D,
    (BOTGO, DOCS_C2C_SEND, DOCS_GROUP_SEND),
    "of `modal.confirm_text` and `modal.cancel_text`",
)
WAKEUP_PERIOD_DAYS = (1, 3, 7, 30)
"""Ends of the periods after a user spoke in each of which one `is_wakeup` message may be sent (DOCS_C2C_SEND)."""

# Requests

MESSAGES_PER_SECOND = Limit("MESSAGES_PER_SECOND", 100, "calls", _D, (DOCS_C2C_SEND, DOCS_GROUP_SEND))
STREAM_MESSAGES_PER_SECOND = Limit("STREAM_MESSAGES_PER_SECOND", 50, "calls", _D, (DOCS_STREAM,))
UPLOADS_PER_SECOND = Limit("UPLOADS_PER_SECOND", 50, "calls", _D, (DOCS_UPLOAD,))
UPLOAD_PREPARES_PER_SECOND = Limit("UPLOAD_PREPARES_PER_SECOND", 10, "calls", _D, (DOCS_UPLOAD_PREPARE,))
RECALLS_PER_SECOND = Limit("RECALLS_PER_SECOND", 10, "calls", _D, (DOCS_C2C_RECALL, DOCS_GROUP_RECALL))
RECALL_WINDOW = Limit("RECALL_WINDOW", 120, "seconds", _D, (DOCS_C2C_RECALL, DOCS_GROUP_RECALL))
MAX_BODY_BYTES = Limit(
    "MAX_BODY_BYTES",
    26_214_400,
    "bytes",
    _I,
    (FIELD_REPORT,),
    "18.7 MB reached the application, 26.7 MB got a 413 from the front; 25 MiB lies between",
)
UPLOAD_MAX_BYTES = Limit(
    "UPLOAD_MAX_BYTES", 200_000_000, "bytes", _D, (DOCS_UPLOAD,), "printed as 200MB, which is not exact"
)
MD5_10M_BYTES = Limit(
    "MD5_10M_BYTES",
    10_002_432,
    "bytes",
    _D,
    (DOCS_UPLOAD_PREPARE,),
    "the head of a file that `md5_10m` is made of",
)
STREAM_LIFETIME = Limit(
    "STREAM_LIFETIME",
    600,
    "seconds",
    _O,
    (FIELD_REPORT,),
    "sources disagree: about ten minutes in production, three in a client's comment",
)

# Webhook push

WEBHOOK_DELIVERIES = Limit(
    "WEBHOOK_DELIVERIES",
    3,
    "deliveries",
    _O,
    (issue("AstrBotDevs/AstrBot", 5788), issue("zhinjs/qq-official-bot", 76)),
    "of one event in all, when none is acknowledged; each has the same top-level `id`",
)
WEBHOOK_TIMEOUT = Limit(
    "WEBHOOK_TIMEOUT",
    3,
    "seconds",
    _D,
    (Source("docs 2024-09", "tencent-connect/bot-docs@e643e1b"),),
    "of an edition that was live for a week and then withdrawn, about address validation; nothing newer says",
)
WEBHOOK_RETRY_AFTER = Limit(
    "WEBHOOK_RETRY_AFTER",
    1,
    "seconds",
    _C,
    (OURS,),
    "the pause before an event is delivered again; nobody has measured it",
)
S1_CHUNK_BYTES = Limit(
    "S1_CHUNK_BYTES",
    20_480,
    "bytes",
    _C,
    (OURS,),
    "of one chunk of the `stream` object; the refusal alone is documented",
)
S1_CHUNKS = Limit("S1_CHUNKS", 1_000, "chunks", _C, (OURS,), "of one such stream; the refusal alone is documented")
S2_FRAME_BYTES = Limit(
    "S2_FRAME_BYTES", 20_414, "bytes", _O, (FIELD_REPORT,), "of one frame's text: so many passed, 20426 did not"
)
S2_CUT_BYTES = Limit(
    "S2_CUT_BYTES",
    2_048,
    "bytes",
    _O,
    (FIELD_REPORT,),
    "of a whole stream's text, where the switch `s2_cut` is on: 585 Chinese characters were shown whole, 778 and 905 "
    "were not; sources disagree: streams of 4000 and more were",
)
S2_DELIVERED_PER_SECOND = Limit(
    "S2_DELIVERED_PER_SECOND",
    50,
    "characters",
    _C,
    (OURS, DOCS_STREAM),
    "how fast accepted text reaches the user, where the switch `s2_delivery` is `paced`; no number is known",
)
FILE_DATA_MAX_BYTES = Limit(
    "FILE_DATA_MAX_BYTES",
    7_500_000,
    "bytes",
    _O,
    (FIELD_REPORT, issue("tencent-connect/botpy", 182)),
    "of a file in `file_data`; sources disagree: failures are reported from 5, 7.5 and 10 MB on, and not always",
)
UPLOAD_BLOCK_BYTES = Limit(
    "UPLOAD_BLOCK_BYTES",
    10_485_760,
    "bytes",
    _D,
    (DOCS_UPLOAD_PREPARE,),
    "sources disagree on one page: its table says 5 MB, its example 10",
)
UPLOAD_SOFT_IMAGE_BYTES = Limit(
    "UPLOAD_SOFT_IMAGE_BYTES", 20_000_000, "bytes", _D, (DOCS_UPLOAD,), "a larger one is shown as a plain file"
)
UPLOAD_SOFT_VIDEO_BYTES = Limit("UPLOAD_SOFT_VIDEO_BYTES", 30_000_000, "bytes", _D, (DOCS_UPLOAD,), "as for images")
UPLOAD_SOFT_VOICE_BYTES = Limit("UPLOAD_SOFT_VOICE_BYTES", 20_000_000, "bytes", _D, (DOCS_UPLOAD,), "as for images")
UPLOAD_DAILY_BYTES = Limit(
    "UPLOAD_DAILY_BYTES", 10_000_000_000, "bytes", _C, (OURS,), "the refusal is documented, the number is not"
)
PRESIGNED_URL_LIFETIME = Limit(
    "PRESIGNED_URL_LIFETIME",
    3_600,
    "seconds",
    _O,
    (FIELD_REPORT,),
    "seen in a `raw_url`; taken for the URLs of parts, too",
)

_SEND_PAGE = docs_2026("autogen/api/v2_users_user_openid_messages.post")
SEND_PER_SECOND = Limit("SEND_PER_SECOND", 100, "calls", _D, (_SEND_PAGE,), "of each of the two sending operations")
RECALL_PER_SECOND = Limit(
    "RECALL_PER_SECOND", 10, "calls", _D, (docs_2026("autogen/api/v2_users_user_openid_messages_message_id.delete"),)
)
FILES_PER_SECOND = Limit(
    "FILES_PER_SECOND", 50, "calls", _D, (docs_2026("autogen/api/v2_users_user_openid_files.post"),)
)
UPLOAD_STEPS_PER_SECOND = Limit(
    "UPLOAD_STEPS_PER_SECOND", 10, "calls", _D, (DOCS_UPLOAD_PREPARE,), "of preparing, and of finishing parts"
)
STREAM_PER_SECOND = Limit(
    "STREAM_PER_SECOND", 50, "calls", _D, (docs_2026("autogen/api/v2_users_user_openid_stream_messages.post"),)
)
INTERACTIONS_PER_SECOND = Limit(
    "INTERACTIONS_PER_SECOND", 50, "calls", _D, (docs_2026("autogen/api/interactions_interaction_id.put"),)
)
GROUP_CALLS_PER_MINUTE = Limit(
    "GROUP_CALLS_PER_MINUTE", 30, "calls", _D, (docs_2026("autogen/api/v2_groups_group_openid_info.get"),)
)
GROUP_CHANGES_PER_MINUTE = Limit(
    "GROUP_CHANGES_PER_MINUTE",
    60,
    "calls",
    _D,
    (docs_2026("autogen/api/v2_groups_group_openid_restrict_chat_setting.post"),),
    "of mutes, decisions on applications, the blacklist, and of the list of members",
)

LIMITS: tuple[Limit, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Limit))
"""All of the above, in this order."""
