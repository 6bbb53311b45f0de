"""Chapter dispatch: events of every kind, and what a bot makes of them."""

from __future__ import annotations

from conformance.features import Feature
from conformance.row import CheckRow, Level
from conformance.rows import DOCS, EVENTS_PAGE, SEND_PAGE

MESSAGE_EVENTS_PAGE = f"{DOCS}/server-inter/message/send-receive/event.md"
GUILD_SEND_PAGE = f"{DOCS}/server-inter/message/post_messages.md"
DM_SEND_PAGE = f"{DOCS}/server-inter/message/dms/post_dms_messages.md"

FULL_MODE_PAGE = "https://bot.q.qq.com/wiki/develop/api-v2/autogen/event/group_message_create.html"

ROWS: tuple[CheckRow, ...] = (
    CheckRow(
        id="dispatch/unknown",
        level=Level.MUST,
        title="things nobody has documented",
        happens=(
            "An unknown event, events whose `d` is null, an unknown op, and messages with unknown and with null fields "
            "arrive."
        ),
        requirement="The process survives, the connection stays, and what people say is answered.",
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/nonebot/adapter-qq/pull/193",
            "https://github.com/nonebot/adapter-qq/pull/204",
            "https://github.com/NousResearch/hermes-agent/issues/63761",
        ),
        fix=(
            "Log what you do not know and go on: read the fields that you need, and let the handler of one event fail "
            "alone. The platform adds events and fields without notice."
        ),
    ),
    CheckRow(
        id="dispatch/duplicate",
        level=Level.SHOULD,
        title="one event twice",
        happens="A message is delivered twice in a moment: byte for byte, and again under a new `s`.",
        requirement="It is answered once.",
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/NousResearch/hermes-agent/issues/119848",
            "https://github.com/agentscope-ai/QwenPaw/issues/7946",
            "https://github.com/openclaw/openclaw/pull/84011",
            "https://github.com/nonebot/adapter-qq/issues/178",
        ),
        fix="Keep the ids (`d.id`, the event's `id`) of the last messages, and drop one that was seen before.",
    ),
    CheckRow(
        id="dispatch/c2c",
        level=Level.MUST,
        title="a user speaks in C2C",
        happens="C2C_MESSAGE_CREATE.",
        requirement="The answer goes to `/v2/users/{openid}/messages` of that user and names the message's `d.id`.",
        clause=MESSAGE_EVENTS_PAGE,
        why=("https://github.com/liliMozi/openhanako/issues/656",),
        fix="Answer to `author.user_openid`, with `d.id` as `msg_id`.",
    ),
    CheckRow(
        id="dispatch/group",
        level=Level.MUST,
        title="a member speaks to the bot in a group",
        happens="GROUP_AT_MESSAGE_CREATE.",
        requirement=(
            "The answer goes to `/v2/groups/{group_openid}/messages` of that group and names the message's `d.id`."
        ),
        clause=MESSAGE_EVENTS_PAGE,
        why=("https://github.com/liliMozi/openhanako/issues/656",),
        fix="Answer to `d.group_openid`; an openid of a member leads nowhere else, and one of a group is no user's.",
        features=(Feature.GROUP,),
    ),
    CheckRow(
        id="dispatch/group-full",
        level=Level.MUST,
        title="a group whose every message the bot receives",
        happens="The same, in a group where the bot hears everything: GROUP_MESSAGE_CREATE comes instead.",
        requirement="A message that mentions the bot is answered once, in that group.",
        clause=FULL_MODE_PAGE,
        why=(
            "https://github.com/NousResearch/hermes-agent/issues/63761",
            "https://github.com/GLGDLY/qg_botsdk/pull/17",
        ),
        fix="Handle GROUP_MESSAGE_CREATE too (intent 1<<25); the mention stands in the text and in `mentions` there.",
        features=(Feature.GROUP,),
    ),
    CheckRow(
        id="dispatch/channel",
        level=Level.MUST,
        title="a member speaks to the bot in a channel",
        happens="AT_MESSAGE_CREATE.",
        requirement="The answer goes to `/channels/{channel_id}/messages` of that channel and names its `d.id`.",
        clause=GUILD_SEND_PAGE,
        why=("https://github.com/liliMozi/openhanako/issues/656",),
        fix="Answer to `d.channel_id`, with `d.id` as `msg_id`; a guild is not a channel.",
        features=(Feature.CHANNEL,),
    ),
    CheckRow(
        id="dispatch/dm",
        level=Level.MUST,
        title="direct messages of a guild",
        happens="DIRECT_MESSAGE_CREATE.",
        requirement="The answer goes to `/dms/{guild_id}/messages` of that event and names the message's `d.id`.",
        clause=DM_SEND_PAGE,
        why=("https://github.com/nonebot/adapter-qq/issues/158",),
        fix="Answer to `d.guild_id`; `src_guild_id` is the guild where the two met, and `channel_id` takes no answer.",
        features=(Feature.DM,),
    ),
    CheckRow(
        id="dispatch/large",
        level=Level.MUST,
        title="large and colourful messages",
        happens="A message of 64 KiB, one of emoji, one with the platform's own faces, and one that quotes another.",
        requirement="Each is answered; an answer may be shorter than the message.",
        clause=SEND_PAGE,
        why=(
            "https://github.com/Antecer/QQChannelBot/blob/7b13bdb/QQChannelBot/Bot/BotWebSocket.cs",
            "https://github.com/openclaw/openclaw/pull/99075",
        ),
        fix=(
            "Read WebSocket messages to their end, whatever buffer you read them with; treat `message_type` 103 and "
            "`<faceType=…>` as text."
        ),
    ),
    CheckRow(
        id="dispatch/slow-handler",
        level=Level.SHOULD,
        title="one handler hangs",
        happens="The answer to one message is never confirmed by the platform; twenty others write meanwhile.",
        requirement="The others are answered while that one hangs, and heartbeats go on.",
        clause=SEND_PAGE,
        why=(
            "https://github.com/openclaw/openclaw/issues/109996",
            "https://github.com/AstrBotDevs/AstrBot/issues/5788",
        ),
        fix="Handle each event in a task of its own, or at least each chat in its own; give HTTP calls a deadline.",
    ),
)
