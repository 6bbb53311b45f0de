"""Chapter resume: nothing lost, nothing doubled."""

from __future__ import annotations

from conformance.features import Feature
from conformance.row import CheckRow, Level
from conformance.rows import ASTRBOT_RECONNECT, CLOSE_CODES_PAGE, EVENTS_PAGE

ROWS: tuple[CheckRow, ...] = (
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
        id="resume/replay-overlap",
        level=Level.SHOULD,
        title="handled events come again",
        happens="After a RESUME, the platform repeats an event that the bot has answered already, and what it missed.",
        requirement="The message is handled once: nothing is sent for it again.",
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/NousResearch/hermes-agent/issues/119848",
            "https://github.com/agentscope-ai/QwenPaw/issues/7946",
            "https://github.com/openclaw/openclaw/pull/84011",
            "https://github.com/nonebot/adapter-qq/issues/178",
        ),
        fix="Remember the ids of the events (and messages) of the last minutes, and drop those that come again.",
    ),
    CheckRow(
        id="resume/empty-d",
        level=Level.MUST,
        title="RESUMED without an object",
        happens='A RESUME is granted with RESUMED, whose `d` is `""`.',
        requirement="The bot stays on the connection and goes on answering.",
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/nonebot/adapter-qq/pull/193",
            "https://github.com/nonebot/adapter-qq/pull/204",
        ),
        fix="Read nothing from RESUMED; do not demand that every dispatch's `d` is an object.",
    ),
    CheckRow(
        id="resume/rejected",
        level=Level.MUST,
        title="RESUME refused",
        happens="Close 4009; the platform knows the session no more, and refuses each RESUME: op 9, 4006, or 4902.",
        requirement="The third login, at the latest, is IDENTIFY; then the bot is online.",
        clause=CLOSE_CODES_PAGE,
        why=(
            "https://github.com/NousResearch/hermes-agent/issues/22179",
            "https://github.com/NousResearch/hermes-agent/pull/26025",
            "https://github.com/tencent-connect/bot-node-sdk/issues/94",
        ),
        fix="Forget the session when its RESUME is refused, whatever the words; IDENTIFY next.",
    ),
    CheckRow(
        id="resume/silence",
        level=Level.SHOULD,
        title="RESUME never answered",
        happens="Close 4009; RESUME gets neither RESUMED nor op 9, and the socket stays open.",
        requirement="The bot gives up within four minutes, and comes online with a new session.",
        clause=EVENTS_PAGE,
        why=("https://github.com/tencent-connect/botpy/blob/e25f3e8/botpy/gateway.py",),
        fix="Give RESUMED fifteen seconds or so; then leave, and IDENTIFY after a second silence at the latest.",
    ),
    CheckRow(
        id="resume/shard-own-session",
        level=Level.MUST,
        title="each shard its own session",
        happens="`shards` is 2; when both are online, their connections are closed with 4009.",
        requirement="Each shard opens a session by IDENTIFY, and RESUMEs that one, from an `s` of that session.",
        clause=EVENTS_PAGE,
        why=("https://github.com/nonebot/adapter-qq/blob/v1.7.3/nonebot/adapters/qq/adapter.py",),
        fix="Keep session id and `s` with the connection of a shard, not with the bot.",
        features=(Feature.SHARDS,),
    ),
    CheckRow(
        id="resume/unfinished-work",
        level=Level.ADVICE,
        title="killed in the middle of an answer",
        happens=(
            "SIGKILL while the call that answers a message hangs; then the bot is started again, in the session's life."
        ),
        requirement="The interrupted message is answered after the return, and no earlier one again.",
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/openclaw/openclaw/issues/109996",
            "https://github.com/openclaw/openclaw/pull/109997",
            "https://github.com/openclaw/openclaw/pull/111859",
        ),
        fix="Count an `s` as received when its event is handled, keep it on disk (FAKEQQ_SESSION_FILE), and RESUME.",
    ),
)
