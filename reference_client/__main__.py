"""An echo bot, as the adapter contract asks for: `python -m reference_client`; `--help` tells what it reads."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reference_client.bot import Bot, Message
from reference_client.client import StoppedByPlatformError
from reference_client.commands import PICTURE, Aside, Echo, Markdown, Picture, Streamed, read_command
from reference_client.http.streams import StreamWriter
from reference_client.log import configure
from reference_client.stream import SPACING, Dialect

BETWEEN_PIECES = 1.1 * SPACING
"""Seconds between two pieces of a streamed answer, as if it were being thought of; each piece is a request then."""


HELP = """\
Usage: python -m reference_client

An echo bot that survives outages: it answers each message with the message's text, until SIGTERM or Ctrl-C.
It takes no words; the environment tells it everything, and `fakeqq run` and `fakeqq env` set what they know.

  FAKEQQ_APP_ID         the bot's app id (needed)
  FAKEQQ_SECRET         its secret (needed)
  FAKEQQ_API_BASE       where the HTTP API is; without it, the real platform
  FAKEQQ_TOKEN_URL      where tokens are; without it, the real platform
  FAKEQQ_SESSION_FILE   keeps the session from one process to the next, also when the first one was killed
  FAKEQQ_STREAM         how streams are written: chunks (usual) or frames
  FAKEQQ_TRANSPORT      webhook: take events by webhook instead of opening a connection
  FAKEQQ_WEBHOOK_PORT   the port to listen on, with FAKEQQ_TRANSPORT=webhook
  FAKEQQ_APP_ID_2       a second bot behind the same webhook,
  FAKEQQ_SECRET_2       and its secret

Examples:
  fakeqq run -- python -m reference_client
  eval "$(fakeqq env)"; python -m reference_client
  FAKEQQ_TRANSPORT=webhook fakeqq run --webhook / -- python -m reference_client

Exit status: 0 after a signal, 1 when the platform refuses the bot, 2 for wrong words or settings.
"""


def main(words: Sequence[str] = ()) -> int:
    """Echo until SIGTERM: 0 after a signal, 1 when the platform refuses the bot, 2 without credentials."""
    if words:
        return _help(words)
    environment = os.environ
    app_id, secret = environment.get("FAKEQQ_APP_ID", ""), environment.get("FAKEQQ_SECRET", "")
    if not app_id or not secret:
        print("reference_client: set FAKEQQ_APP_ID and FAKEQQ_SECRET; see --help", file=sys.stderr)  # noqa: T201
        return 2
    try:
        dialect = Dialect(environment.get("FAKEQQ_STREAM") or Dialect.CHUNKS)
    except ValueError:
        print("reference_client: FAKEQQ_STREAM is chunks or frames", file=sys.stderr)  # noqa: T201
        return 2
    configure()
    names = {"FAKEQQ_API_BASE": "api_base", "FAKEQQ_TOKEN_URL": "token_url"}
    options: dict[str, Any] = {option: environment[name] for name, option in names.items() if environment.get(name)}
    if environment.get("FAKEQQ_SESSION_FILE"):
        options["session_file"] = Path(environment["FAKEQQ_SESSION_FILE"])
    port = environment.get("FAKEQQ_WEBHOOK_PORT", "") if environment.get("FAKEQQ_TRANSPORT") == "webhook" else None
    if port is not None and not (port.isascii() and port.isdigit() and int(port) < 2**16):
        print("reference_client: set FAKEQQ_WEBHOOK_PORT to a port", file=sys.stderr)  # noqa: T201
        return 2
    bot = Bot(app_id, secret, webhook_port=None if port is None else int(port), **options)
    second = environment.get("FAKEQQ_APP_ID_2", ""), environment.get("FAKEQQ_SECRET_2", "")
    if port is not None and all(second):
        bot.add_account(*second)

    @bot.on_message
    async def echo(message: Message) -> None:
        await _answer(message, dialect)

    try:
        bot.run()
    except StoppedByPlatformError:
        return 1
    return 0


def _help(words: Sequence[str]) -> int:
    if words[0] in ("-h", "--help"):
        print(HELP, end="")  # noqa: T201
        return 0
    print(f"reference_client: it takes no words, not {words[0]!r}; see --help", file=sys.stderr)  # noqa: T201
    return 2


async def _answer(message: Message, dialect: Dialect) -> None:
    match read_command(message.text):
        case Echo(texts):
            await message.reply_all(texts)
        case Markdown(text):
            await message.reply_markdown(text)
        case Picture(caption):
            await message.send_image(PICTURE, caption)
        case Streamed(parts):
            async with message.stream(dialect) as stream:
                for part in parts:
                    await _stream_part(message, stream, part)


async def _stream_part(message: Message, stream: StreamWriter, part: str | Aside) -> None:
    if isinstance(part, str):
        await stream.write(part)
        await asyncio.sleep(BETWEEN_PIECES)
        return
    await stream.break_off()
    if part is Aside.PICTURE:
        await message.send_image(PICTURE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
