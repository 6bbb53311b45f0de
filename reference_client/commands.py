"""What the echo bot does with a message: an echo, or one of the commands of the adapter contract.

`burst N` is answered by N messages, `stream N` by a stream of N pieces, `stream-break` by two streams with a pause
like a tool's turn between them, `markdown X` by X as Markdown. The text of the message is in the first answer.
"""

from dataclasses import dataclass

MOST = 100
"""Messages of one burst, and pieces of one stream."""


@dataclass(frozen=True, slots=True)
class Echo:
    """Answer with these texts, one message each."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Markdown:
    """Answer with Markdown."""

    text: str


@dataclass(frozen=True, slots=True)
class Streamed:
    """Answer with one stream for each of `segments`, in these pieces."""

    segments: tuple[tuple[str, ...], ...]


Command = Echo | Markdown | Streamed


def read_command(text: str) -> Command:
    """What `text` asks for; everything that is no command is echoed."""
    word, _, rest = text.partition(" ")
    number = int(rest) if rest.isascii() and rest.isdigit() and len(rest) <= len(str(MOST)) else 0
    if word == "burst" and 1 <= number <= MOST:
        return Echo(tuple(f"{text} {part}/{number}" for part in range(1, number + 1)))
    if word == "stream" and 1 <= number <= MOST:
        return Streamed((_pieces(text, number),))
    if text == "stream-break":
        return Streamed(((f"{text} ", "before the tool"), ("after ", "the tool")))
    if word == "markdown" and rest:
        return Markdown(rest)
    return Echo((text or "(no text)",))


def _pieces(text: str, number: int) -> tuple[str, ...]:
    return (f"{text}: ", *(f"piece {part} " for part in range(1, number)))
