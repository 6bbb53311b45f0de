"""Chapter lifecycle: how a bot ends, comes back, and what it costs to let it run."""

from __future__ import annotations

from conformance.row import CheckRow, Level
from conformance.rows import ASTRBOT_STARTUP, EVENTS_PAGE, HERMES_RATE_LIMIT

STILL_ANSWERING = "https://github.com/AstrBotDevs/AstrBot/issues/6183"

ROWS: tuple[CheckRow, ...] = (
    CheckRow(
        id="lifecycle/sigterm",
        level=Level.MUST,
        title="stops when asked to",
        happens="The bot is online and gets SIGTERM.",
        requirement="The process ends within ten seconds, and its connection with a close frame.",
        clause="https://www.rfc-editor.org/rfc/rfc6455#section-7.1.1",
        why=(ASTRBOT_STARTUP, "https://github.com/AstrBotDevs/AstrBot/issues/5897"),
        fix=(
            "Handle SIGTERM: close the WebSocket with a close frame, wait for it a second at most, and leave. Many "
            "frameworks handle SIGINT only."
        ),
    ),
    CheckRow(
        id="lifecycle/stays-quiet",
        level=Level.MUST,
        title="quiet after the exit",
        happens="The bot is online, gets SIGTERM, and its process ends.",
        requirement="From then on there is no call, no connection and no heartbeat of this bot.",
        clause=STILL_ANSWERING,
        why=(
            STILL_ANSWERING,
            "https://github.com/AstrBotDevs/AstrBot/issues/5897",
            "https://github.com/AstrBotDevs/AstrBot/issues/7259",
        ),
        fix="End child processes and reconnect loops before the main process; a start script should `exec` the bot.",
    ),
    CheckRow(
        id="lifecycle/restart",
        level=Level.ADVICE,
        title="stopped and started again",
        happens="The bot answers, is stopped, misses a message, and is started again within the life of its session.",
        requirement="It logs in once, with RESUME or IDENTIFY, and answers no message twice.",
        clause=EVENTS_PAGE,
        why=(STILL_ANSWERING, "https://github.com/AstrBotDevs/AstrBot/issues/7259"),
        fix=(
            "Keep session id and the last finished `s` only at a clean end, and use them once; or begin with IDENTIFY, "
            "which is fine."
        ),
    ),
    CheckRow(
        id="lifecycle/leaks",
        level=Level.SHOULD,
        title="a hundred reconnects",
        happens=(
            "The connection is recycled with op 7 and 4009, as in two days of work: a hundred times, or as often as "
            "the bot comes back within some minutes of its clock."
        ),
        requirement=(
            "From the tenth to the last, the bot's memory grows by less than 24 MiB or a quarter, and its sockets by "
            "fewer than ten; the platform sees one connection."
        ),
        clause=HERMES_RATE_LIMIT,
        why=(
            HERMES_RATE_LIMIT,
            "https://github.com/AstrBotDevs/AstrBot/issues/5897",
            "https://github.com/NousResearch/hermes-agent/issues/31101",
        ),
        fix="Close the old socket, its HTTP client and its tasks before the next connection; make TLS contexts once.",
    ),
)
