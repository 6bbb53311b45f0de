"""Chapter token: the access token's life, from the first call to its end."""

from __future__ import annotations

from conformance.row import CheckRow, Level
from conformance.rows import API_PAGE

SHORT_LIVES = "https://github.com/QwenLM/qwen-code/pull/5202"

ROWS: tuple[CheckRow, ...] = (
    CheckRow(
        id="token/cached",
        level=Level.MUST,
        title="one token for all",
        happens="The token lives two hours; messages are answered, and the connection is recycled between them.",
        requirement="The bot asks for a token once.",
        clause=API_PAGE,
        why=(
            "https://github.com/zhinjs/qq-official-bot/issues/98",
            "https://github.com/tencent-connect/openclaw-qqbot/issues/18",
        ),
        fix="Keep the token with its `expires_in`; sends, reconnects and shards share it.",
    ),
    CheckRow(
        id="token/refreshed",
        level=Level.MUST,
        title="renewed in time",
        happens="The token lives two minutes, and messages come all the time.",
        requirement="No call of the bot is refused for its token: it is renewed within the last minute of the old one.",
        clause=API_PAGE,
        why=(SHORT_LIVES, "https://github.com/zhinjs/qq-official-bot/issues/98"),
        fix=(
            "Renew some seconds after the last minute has begun (before it the platform hands out the same token), and "
            "read `expires_in` each time: it is the rest of a life, and may be a minute."
        ),
    ),
    CheckRow(
        id="token/revoked-on-send",
        level=Level.MUST,
        title="token refused on a send",
        happens="Every token is revoked; the next calls meet 401 with 11244, AccessToken无效或过期.",
        requirement="The bot asks for one new token, sends the message once more, and the user sees it once.",
        clause=API_PAGE,
        why=(
            SHORT_LIVES,
            "https://github.com/Kloping/qqpd-bot-java/issues/39",
            "https://github.com/zhinjs/qq-official-bot/issues/98",
        ),
        fix="On 401 or 11244 drop the token that was refused, fetch another, and repeat the call once.",
    ),
    CheckRow(
        id="token/revoked-with-500",
        level=Level.SHOULD,
        title="token refused on a send, with 500",
        happens="Every token is revoked; the next calls meet 500 with 11244, token not exist or expire.",
        requirement="The bot asks for one new token, sends the message once more, and the user sees it once.",
        clause="https://github.com/Kloping/qqpd-bot-java/issues/39",
        why=("https://github.com/Kloping/qqpd-bot-java/issues/39",),
        fix="Decide by `code` 11244; the status was 500 for years, and a plain retry brings the same answer.",
    ),
    CheckRow(
        id="token/stampede",
        level=Level.SHOULD,
        title="twenty sends and no token",
        happens="The token's life ends in silence; then twenty users speak at once, and the token endpoint is slow.",
        requirement="The bot asks for one token, and all twenty are answered.",
        clause=API_PAGE,
        why=(SHORT_LIVES, "https://github.com/zhinjs/qq-official-bot/issues/98"),
        fix="Let one call run at a time, and everybody else wait for its result.",
    ),
)
