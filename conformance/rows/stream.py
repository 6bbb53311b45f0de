"""Chapter stream: one answer that grows while it is written, in either of the two dialects."""

from __future__ import annotations

from conformance.features import Feature
from conformance.row import CheckRow, Level

STREAM_PAGE = "https://bot.q.qq.com/wiki/develop/api-v2/autogen/api/v2_users_user_openid_stream_messages.post.html"
# The page as it was in August 2026; later ones have no `stream` object any more.
MESSAGE_PAGE = (
    "https://github.com/KarinJS/karin-plugin-adapter-qqbot/blob/1f5a06c/"
    "api-docs/autogen/api/v2_users_user_openid_messages.post.md"
)
BOTGO = "https://github.com/tencent-connect/botgo/blob/fe31c0d/dto/message_create.go"
ASTRBOT = "https://github.com/AstrBotDevs/AstrBot/pull/6131"
ASTRBOT_CODE = (
    "https://github.com/AstrBotDevs/AstrBot/blob/19d00fb/"
    "astrbot/core/platform/sources/qqofficial/qqofficial_message_event.py"
)
MEMOH = "https://github.com/felinics/Memoh/pull/1275"
QQ_MAID = "https://github.com/kuliantnt/qq-maid-bot/issues/125"

_STREAMS = (Feature.STREAM,)

ROWS: tuple[CheckRow, ...] = (
    CheckRow(
        id="stream/first-chunk",
        level=Level.MUST,
        title="beginning of a stream",
        happens="A user asks for a streamed answer.",
        requirement=(
            "The answer is one stream, whose first part names no stream, above all not null, and counts from 0 or 1."
        ),
        clause=BOTGO,
        why=(ASTRBOT, "https://github.com/kuliantnt/qq-maid-bot/pull/75"),
        fix="Leave `stream.id` (`stream_msg_id`) out of the first request; the answer to it holds the id.",
        features=_STREAMS,
    ),
    CheckRow(
        id="stream/sequence",
        level=Level.MUST,
        title="order of the parts",
        happens="A user asks for a streamed answer.",
        requirement=(
            "Every later part names the id that the first answer brought; the index grows; the type stays the same."
        ),
        clause=BOTGO,
        why=(ASTRBOT, "https://github.com/NousResearch/hermes-agent/issues/108573"),
        fix="Keep id, index and type of the open stream together; count the index up after each part that was taken.",
        features=_STREAMS,
    ),
    CheckRow(
        id="stream/exactly-once",
        level=Level.MUST,
        title="nothing twice, nothing lost",
        happens="Two users ask for a streamed answer at the same time.",
        requirement="Each of them finally sees the whole text: nothing twice, nothing lost, nothing of another's.",
        clause=ASTRBOT_CODE,
        why=(ASTRBOT, "https://github.com/AstrBotDevs/AstrBot/pull/9875"),
        fix="Clear the buffer with every chunk that was taken (a chunk is what is new), and keep one per message.",
        features=_STREAMS,
    ),
    CheckRow(
        id="stream/closes",
        level=Level.MUST,
        title="end of a stream",
        happens="A user asks for a streamed answer; its last piece comes a while before its end.",
        requirement=(
            "The stream is closed (`state` 10, `input_state` 10), also when nothing is left to say; a closing markdown "
            "chunk ends with a newline."
        ),
        clause=BOTGO,
        why=(
            ASTRBOT,
            "https://github.com/AstrBotDevs/AstrBot/issues/10066",
            "https://github.com/AstrBotDevs/AstrBot/pull/10069",
            "https://github.com/tencent-connect/openclaw-qqbot/issues/252",
        ),
        fix="Always send the closing part, with a newline alone if the text is out; else QQ falls back to the first.",
        features=_STREAMS,
    ),
    CheckRow(
        id="stream/newline-error",
        level=Level.MUST,
        title="missing newline",
        happens="Every markdown chunk without a newline at its end is refused: 40034017 流式消息md分片需要\\n结束.",
        requirement="The chunk is sent again with a newline and under the same index, and the text arrives once.",
        clause=ASTRBOT_CODE,
        why=(ASTRBOT, "https://github.com/AstrBotDevs/AstrBot/issues/8498"),
        fix="On 40034017 append a newline to that chunk and repeat it; a refused chunk has not used its index up.",
        features=_STREAMS,
    ),
    CheckRow(
        id="stream/break",
        level=Level.MUST,
        title="break for a tool",
        happens="In the middle of a streamed answer the bot turns to a tool.",
        requirement="The stream is closed, and what follows is another message that repeats nothing.",
        clause=ASTRBOT_CODE,
        why=(ASTRBOT, "https://github.com/AstrBotDevs/AstrBot/pull/10067"),
        fix="At a break close the open stream, also with nothing to add; then start over: no id, first index, no text.",
        features=(Feature.STREAM, Feature.STREAM_BREAK),
    ),
    CheckRow(
        id="stream/chunk-fails",
        level=Level.MUST,
        title="failing part",
        happens="A part of the stream fails once, or its answer is lost, or everything from it on fails.",
        requirement="The user sees the text, or its beginning; nothing twice, and nothing left out in between.",
        clause=STREAM_PAGE,
        why=(MEMOH, QQ_MAID, "https://github.com/AstrBotDevs/AstrBot/pull/10067"),
        fix="Repeat a failed part under the same msg_seq; when a stream is given up, send only what it does not show.",
        features=_STREAMS,
    ),
    CheckRow(
        id="stream/not-in-groups",
        level=Level.MUST,
        title="no stream in a group",
        happens="In a group somebody asks for a streamed answer.",
        requirement="The answer is one ordinary message.",
        clause=ASTRBOT_CODE,
        why=(ASTRBOT,),
        fix="Collect the pieces and send them once where the scene is not C2C; groups do not support `stream`.",
        features=(Feature.STREAM, Feature.GROUP),
    ),
    CheckRow(
        id="stream/no-media",
        level=Level.MUST,
        title="picture in a stream",
        happens="A user asks for a streamed answer with a picture in the middle.",
        requirement="The picture is a message of its own, outside of every stream; the text around it arrives once.",
        clause=ASTRBOT_CODE,
        why=(ASTRBOT,),
        fix="Close the stream, send the picture as an ordinary message (`msg_type` 7), then begin another stream.",
        features=(Feature.STREAM, Feature.IMAGE),
    ),
    CheckRow(
        id="stream/odd-answers",
        level=Level.MUST,
        title="odd answers to parts",
        happens="A part is taken, and its answer holds no id, is empty, or is no object at all.",
        requirement="The bot survives, and the user sees all of the text.",
        clause=ASTRBOT_CODE,
        why=(ASTRBOT, "https://github.com/AstrBotDevs/AstrBot/pull/9875"),
        fix="Look before you take `id` from an answer; without one, end this stream and send the rest by itself.",
        features=_STREAMS,
    ),
    CheckRow(
        id="stream/too-fast",
        level=Level.SHOULD,
        title="parts too fast",
        happens="Two parts in a row are refused as too fast: 50002, or status 429.",
        requirement="The bot waits about a second before it tries again, and the user sees the whole text once.",
        clause=STREAM_PAGE,
        why=(MEMOH, "https://github.com/QwenLM/qwen-code/pull/5902"),
        fix="Wait one second, then two, then four after 50002 or 429; never drop the part.",
        features=_STREAMS,
    ),
    CheckRow(
        id="stream/too-long",
        level=Level.SHOULD,
        title="stream too long",
        happens=(
            "A part is refused because the stream takes no more: too old (40034020), part too long (40054014), too "
            "many parts (40054015), or content too long (40054018)."
        ),
        requirement="What the stream does not show goes on in another message; the user sees the whole text once.",
        clause=MESSAGE_PAGE,
        why=(MEMOH, QQ_MAID),
        fix="Remember how much of the text was taken, and send the rest in a new stream or an ordinary message.",
        features=_STREAMS,
    ),
)
