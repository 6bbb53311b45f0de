"""What the echo bot does with a message: an echo, or one of the commands of the adapter contract.

`docs/adapter-contract.md` says exactly what each of them is answered with. Whatever follows the command's own words is
part of the message's text, and comes back with it.
"""

import base64
from dataclasses import dataclass
from enum import Enum, auto

MOST = 100
"""Messages of one burst, and pieces of one stream."""

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
"""A PNG of one pixel."""


class Aside(Enum):
    """What comes between two pieces of a streamed answer."""

    TOOL = auto()
    """The bot turns to a tool; what it says then is another message."""
    PICTURE = auto()
    """A picture."""


@dataclass(frozen=True, slots=True)
class Echo:
    """Answer with these texts, one message each."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Markdown:
    """Answer with Markdown."""

    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Answer with a picture and these words under it."""

    caption: str


@dataclass(frozen=True, slots=True)
class Streamed:
    """Answer piece by piece."""

    parts: tuple[str | Aside, ...]


Command = Echo | Markdown | Picture | Streamed


def read_command(text: str) -> Command:
    """What `text` asks for; everything that is no command is echoed."""
    word, _, rest = text.partition(" ")
    number = _number(rest.partition(" ")[0])
    parts: tuple[str | Aside, ...]
    match word:
        case "burst" if number:
            return Echo(tuple(f"{text} ({part}/{number})" for part in range(1, number + 1)))
        case "markdown" if rest:
            return Markdown(rest)
        case "image":
            return Picture(text)
        case "stream" if number:
            parts = _pieces(1, number, number)
        case "stream-break":
            parts = (*_pieces(1, 2, 4), Aside.TOOL, *_pieces(3, 4, 4))
        case "stream-image":
            parts = (*_pieces(1, 1, 2), Aside.PICTURE, *_pieces(2, 2, 2))
        case _:
            return Echo((text or "(no text)",))
    return Streamed((text, *parts))


def _number(word: str) -> int:
    """A number of messages or pieces; 0 when it is none, or more than there may be."""
    number = int(word) if word.isascii() and word.isdigit() and len(word) <= len(str(MOST)) else 0
    return number if number <= MOST else 0


def _pieces(first: int, last: int, count: int) -> tuple[str, ...]:
    return tuple(f" ({number}/{count})" for number in range(first, last + 1))
