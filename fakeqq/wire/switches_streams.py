"""Switches of the two kinds of streams: what sources contest about them, or nobody knows."""

from fakeqq.wire.evidence import Evidence
from fakeqq.wire.sources import (
    BOTGO,
    DOCS_C2C_SEND,
    DOCS_GROUP_SEND,
    DOCS_STREAM,
    FIELD_REPORT,
    OURS,
    astrbot,
    issue,
    qqbot_nodejs,
)
from fakeqq.wire.switch_row import Switch

_D, _O, _I, _C = Evidence.DOCUMENTED, Evidence.OBSERVED, Evidence.INFERRED, Evidence.OUR_CHOICE
_ASTRBOT = "AstrBotDevs/AstrBot"

S1_SWITCHES: tuple[Switch, ...] = (
    Switch(
        "s1_null_id",
        "refused",
        ("refused", "accepted"),
        "whether the first chunk may have `stream.id` null",
        _I,
        (issue(_ASTRBOT, 6131), FIELD_REPORT),
        "sources disagree: one client was refused, another sends it; nobody wrote the refusal down",
    ),
    Switch(
        "s1_index",
        "increasing",
        ("increasing", "unchecked"),
        "whether `stream.index` must grow from chunk to chunk",
        _D,
        (DOCS_C2C_SEND, BOTGO),
        "nobody knows how it is refused: the number is that of /stream_messages",
    ),
    Switch(
        "s1_msg_seq",
        "unique",
        ("unique", "increasing"),
        "what `msg_seq` must be from chunk to chunk",
        _O,
        (DOCS_C2C_SEND, issue(_ASTRBOT, 8498)),
        "sources disagree: documented as increasing, random numbers work",
    ),
    Switch(
        "s1_newline",
        "final",
        ("final", "every", "off"),
        "which markdown chunks must end with a newline: the last unless it is empty, every one, or none",
        _I,
        (DOCS_C2C_SEND, issue(_ASTRBOT, 6131), issue(_ASTRBOT, 8498)),
        "sources disagree: the table says every chunk, its own example breaks that, clients write it on the last",
    ),
    Switch(
        "s1_idle",
        "off",
        ("off", "10"),
        "seconds without a chunk after which an open stream is over and falls back to its first chunk",
        _I,
        (FIELD_REPORT,),
        "nobody knows: one client's comments say that a chunk must come within ten seconds, and its heartbeat does",
    ),
    Switch(
        "s1_second_stream",
        "refused",
        ("refused", "supersedes", "allowed"),
        "what a user's second stream meets while the first is open: 40034021; or the first meets 40034022; or nothing",
        _D,
        (DOCS_C2C_SEND,),
        "both numbers are documented; nobody knows which comes when",
    ),
    Switch(
        "stream_in_group",
        "ignored",
        ("ignored", "refused"),
        "what `stream` does in a group, where it is not supported",
        _C,
        (OURS, DOCS_GROUP_SEND),
        "nobody knows; ignored, so that a user sees each chunk as a message",
    ),
)

S2_SWITCHES: tuple[Switch, ...] = (
    Switch(
        "s2_without_anchor",
        "proactive",
        ("proactive", "refused"),
        "what a stream without `msg_id` and `event_id` is: a proactive message, or an internal error",
        _O,
        (FIELD_REPORT, DOCS_STREAM),
        "sources disagree: 500 until August 2026, 200 in September",
    ),
    Switch(
        "s2_frame_without_anchor",
        "refused",
        ("refused", "accepted"),
        "what a later frame without `msg_id` meets when the first had one: 50015001 or nothing",
        _I,
        (FIELD_REPORT, DOCS_STREAM),
        "sources disagree: one client's notes; another's frames without `msg_id` got 200",
    ),
    Switch(
        "s2_second_stream",
        "refused",
        ("refused", "allowed"),
        "whether a user's second stream is refused with 40034021 while the first is open",
        _O,
        (FIELD_REPORT,),
        "sources disagree: the refusal was captured, a probe ran two streams without it",
    ),
    Switch(
        "s2_empty_close",
        "refused",
        ("refused", "accepted"),
        "what a last frame in `append` mode without content meets: 40007 or nothing",
        _O,
        (FIELD_REPORT,),
        "nobody knows: one client's notes; closing in `replace` mode with the whole text was never refused",
    ),
    Switch(
        "s2_after_close",
        "40007",
        ("40007", "40034018"),
        "what a frame after the last one meets",
        _I,
        (FIELD_REPORT, DOCS_C2C_SEND),
        "nobody knows: one client's notes; 40034018 is documented for the other kind of stream",
    ),
    Switch(
        "s2_pace",
        "50-per-second",
        ("50-per-second", "300-ms", "off"),
        "what is too fast (50002): more than 50 frames of the bot in a second, or two of a stream within 300 ms",
        _D,
        (DOCS_STREAM, qqbot_nodejs("src/streaming.ts")),
        "sources disagree: the first is documented, the second is what official clients keep to",
    ),
    Switch(
        "s2_delivery",
        "at-once",
        ("at-once", "paced"),
        "how accepted text reaches the user: at once; or so many characters in a second, while `remain_msg_len` counts "
        "the others, which a frame in `replace` mode may still change. The last frame delivers everything",
        _I,
        (DOCS_STREAM, issue("tencent-connect/openclaw-qqbot", 252), FIELD_REPORT),
        "sources disagree: `remain_msg_len` was 0 in every capture; the documents speak of text that is pending, and "
        "one client's notes say that the number counts it. Another client takes it for what may still be sent",
    ),
    Switch(
        "s2_after_message",
        "accepted",
        ("accepted", "40007"),
        "what a later frame meets when an ordinary message has answered the same `msg_id` since the stream began",
        _I,
        (FIELD_REPORT,),
        "nobody knows: one client's notes have the refusal, nobody else does",
    ),
    Switch(
        "s2_display",
        "growing",
        ("growing", "separate"),
        "what a user sees of frames: one message that grows, or each frame as a message, as of a bot that is not "
        "published; the answers are the same",
        _O,
        (DOCS_STREAM, issue("agentscope-ai/QwenPaw", 6421)),
        "a permission of the bot: the second was seen of one that was not published",
    ),
    Switch(
        "s2_cut",
        "never",
        ("never", "2048"),
        "whether a stream of more than 2048 bytes is accepted with 200 and not shown any further: its frames have no "
        "effect, and the user waits for its end",
        _O,
        (FIELD_REPORT,),
        "sources disagree: one project's notes saw it at 778 characters, others' streams of thousands were shown whole",
    ),
)

STREAM_SWITCHES: tuple[Switch, ...] = (
    Switch(
        "stream_reply_count",
        "once",
        ("once", "each"),
        "whether a stream uses up one passive reply, or one with each chunk",
        _C,
        (OURS, astrbot("astrbot/core/platform/sources/qqofficial/qqofficial_message_event.py")),
        "nobody knows; streams of dozens of chunks work, so one",
    ),
    Switch(
        "stream_life",
        "600",
        ("600", "180"),
        "seconds from the first chunk until a stream is too old (40034020); an open S1 stream falls back to its "
        "first chunk then",
        _O,
        (FIELD_REPORT, issue(_ASTRBOT, 10066)),
        "sources disagree: about ten minutes in production, three in a client's comment",
    ),
    *S1_SWITCHES,
    *S2_SWITCHES,
)
