"""Chapter send: replies, and their refusal."""

from __future__ import annotations

from conformance.features import Feature
from conformance.row import CheckRow, Level
from conformance.rows import ASTRBOT_RECONNECT, DOCS, HERMES_RATE_LIMIT, SEND_PAGE

ERROR_CODES_PAGE = f"{DOCS}/dev-prepare/error-trace/openapi.md"
MARKDOWN_PAGE = f"{DOCS}/server-inter/message/type/markdown.md"
POST_MESSAGES_PAGE = f"{DOCS}/server-inter/message/post_messages.md"
ASTRBOT_STREAMS = "https://github.com/AstrBotDevs/AstrBot/pull/6131"

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
    CheckRow(
        id="send/msg-seq",
        level=Level.MUST,
        title="several replies to one message",
        happens="One message asks for five replies.",
        requirement="No two of the replies carry the same `msg_id` and `msg_seq`.",
        clause=SEND_PAGE,
        why=(
            "https://github.com/HKUDS/nanobot/issues/1394",
            "https://github.com/langbot-app/LangBot/issues/2290",
            "https://github.com/AstrBotDevs/AstrBot/issues/4382",
            "https://github.com/Moonlark-Dev/Moonlark/pull/1268",
        ),
        fix=(
            "Count `msg_seq` from 1 for each `msg_id`, over everything that is sent: texts, pictures, typing hints. "
            "Absent it is 1. A random number repeats sooner or later."
        ),
        features=(Feature.BURST,),
    ),
    CheckRow(
        id="send/msg-seq-taken",
        level=Level.MUST,
        title="a msg_seq that was used before",
        happens="The first reply to a message is refused with 40054005, as after a restart that forgot its numbers.",
        requirement="The bot sends the text again, and the user sees it exactly once.",
        clause=SEND_PAGE,
        why=(
            "https://github.com/HKUDS/nanobot/pull/1499",
            "https://github.com/AstrBotDevs/AstrBot/issues/4382",
            "https://github.com/tencent-connect/botpy/issues/235",
        ),
        fix="On 40054005 take the next number and send again, a bounded number of times.",
    ),
    CheckRow(
        id="send/msg-id-invalid-media",
        level=Level.SHOULD,
        title="a picture with a stale msg_id",
        happens="The message that shows a picture is refused with 40034024: its `msg_id` is not valid any more.",
        requirement="The bot sends the picture again without `msg_id`, and the user sees it once.",
        clause=SEND_PAGE,
        why=(ASTRBOT_STREAMS, "https://github.com/AstrBotDevs/AstrBot/issues/6931"),
        fix="Send media through the same code as text, so that a refused `msg_id` is treated alike.",
        features=(Feature.IMAGE,),
    ),
    CheckRow(
        id="send/proactive-refused",
        level=Level.MUST,
        title="no right to speak unasked",
        happens="Every send of a reply is refused with 40034105, and in the older era with 40034102.",
        requirement=(
            "The bot gives the message up after at most three tries, goes on with the next one, and should tell of the "
            "loss in its output."
        ),
        clause=SEND_PAGE,
        why=(
            "https://github.com/HKUDS/nanobot/pull/1307",
            "https://github.com/tencent-connect/openclaw-qqbot/issues/52",
            "https://github.com/CherryHQ/cherry-studio/pull/16599",
        ),
        fix="It is a permission: no repetition helps. Log what was lost and why, with the code and the trace id.",
    ),
    CheckRow(
        id="send/rate-limited",
        level=Level.MUST,
        title="too many messages",
        happens="The first sends of a reply are refused: with 22009, with 100017, or with a 429 of the front.",
        requirement=(
            "The bot does not storm: it pauses before every further try, and the pauses grow; the text arrives at most "
            "once, and where it does not, the bot's output should tell of the loss."
        ),
        clause=ERROR_CODES_PAGE,
        why=("https://github.com/QwenLM/qwen-code/pull/5902", "https://github.com/nonebot/adapter-qq/issues/83"),
        fix="Back off on 22009, 100017 and 429 alike: a second, two, five, ten; then log the loss.",
    ),
    CheckRow(
        id="send/transient",
        level=Level.MUST,
        title="the platform stumbles",
        happens="A reply meets status 500, status 504 as HTML, and a connection that ends before anything was done.",
        requirement="The bot sends the text again, and the user sees it exactly once.",
        clause=ERROR_CODES_PAGE,
        why=(ASTRBOT_RECONNECT, "https://github.com/AstrBotDevs/AstrBot/issues/7257"),
        fix="Repeat a reply that met a 5xx or a lost connection, with the same `msg_id` and `msg_seq`, a few times.",
    ),
    CheckRow(
        id="send/lost-answer",
        level=Level.SHOULD,
        title="the answer to a send is lost",
        happens="The platform delivers a reply, and the connection ends before its answer.",
        requirement="If the bot sends again, then with the same `msg_seq`: the user sees the text once.",
        clause=SEND_PAGE,
        why=(
            "https://github.com/felinics/Memoh/pull/1275",
            "https://github.com/kuliantnt/qq-maid-bot/issues/125",
        ),
        fix="Give a reply its `msg_seq` once, before the first try; 40054005 for a second one means that it arrived.",
    ),
    CheckRow(
        id="send/markdown-refused",
        level=Level.SHOULD,
        title="Markdown is not granted",
        happens="A Markdown message is refused with 40034012.",
        requirement="The bot sends the same words as plain text.",
        clause=MARKDOWN_PAGE,
        why=(
            ASTRBOT_STREAMS,
            "https://github.com/tencent-connect/openclaw-qqbot/issues/83",
            "https://github.com/Genshin-bots/gsuid_core/issues/263",
        ),
        fix="On 40034012 (304041 in guilds) send `msg_type` 0 with the text; remember the refusal.",
        features=(Feature.MARKDOWN,),
    ),
    CheckRow(
        id="send/odd-answers",
        level=Level.MUST,
        title="a success of another shape",
        happens=(
            "Sends are answered with 200 and no body, `null`, a list, an object without `id`, and 202 for an audit."
        ),
        requirement="The process survives and answers the next message.",
        clause=POST_MESSAGES_PAGE,
        why=(ASTRBOT_STREAMS, "https://github.com/nonebot/adapter-qq/issues/157"),
        fix="Judge by the status; read `id` only where it is, and go on without it.",
    ),
    CheckRow(
        id="send/stale-pool",
        level=Level.MUST,
        title="kept connections have died",
        happens=(
            "All HTTP connections that the bot keeps open are dead: reset while they were idle, or closed when the "
            "next request comes."
        ),
        requirement="The next reply arrives, exactly once.",
        clause=ERROR_CODES_PAGE,
        why=(HERMES_RATE_LIMIT, "https://github.com/NousResearch/hermes-agent/issues/60025"),
        fix=(
            "A request that ends before a byte of its answer, on a connection kept from earlier, goes out again on a "
            "new one. The text of such an error is often empty: log its type."
        ),
    ),
    CheckRow(
        id="send/budget",
        level=Level.SHOULD,
        title="more parts than replies",
        happens="One message asks for eight replies; four are allowed (40034128), and none unasked (40034105).",
        requirement="The last part still arrives.",
        clause=SEND_PAGE,
        why=(
            "https://github.com/openclaw/openclaw/pull/104634",
            "https://github.com/YesWeAreBot/YesImBot/issues/141",
            "https://github.com/Moonlark-Dev/Moonlark/pull/1407",
        ),
        fix="Count the replies to each message, typing hints included, and join what is left into the last one.",
        features=(Feature.BURST,),
    ),
)
