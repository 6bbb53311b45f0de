"""What the gateway core asks its shell to do, and the event it hands out."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class Level(IntEnum):
    """How much a report matters; the numbers are those of Python's `logging`."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40


@dataclass(slots=True)
class Event:
    """A dispatch that is nobody's housekeeping.

    Attributes:
        type: the frame's `t`, such as `C2C_MESSAGE_CREATE`; may be one that no document knows.
        id: the frame's `id`, or None.
        data: the frame's `d` as it came, of any JSON type.
        seq: the frame's `s`, or None.
        session: number of the session it came with, so that a late `finished` is told from a current one.
    """

    type: str
    id: str | None
    data: Any
    seq: int | None
    session: int


@dataclass(frozen=True, slots=True)
class Prepare:
    """Have an access token at hand, then call `prepared`. `refused_token` is one the platform said no to."""

    refused_token: str | None


@dataclass(frozen=True, slots=True)
class Connect:
    """Open socket number `connection`, then call `opened` or `closed` with that number."""

    connection: int


@dataclass(frozen=True, slots=True)
class SendFrame:
    """Send one text frame."""

    connection: int
    text: str


@dataclass(frozen=True, slots=True)
class CloseConnection:
    """Start the closing handshake; `closed` is still to be called when the socket is gone."""

    connection: int
    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class AbortConnection:
    """Let go of the socket, or of the attempt to open it, at once and without a handshake."""

    connection: int


@dataclass(frozen=True, slots=True)
class Deliver:
    """Handle an event, then call `finished` with it, whether handling went well or not."""

    event: Event


@dataclass(frozen=True, slots=True)
class Stop:
    """Going on cannot help: the platform said so. `reason` is for a person to read."""

    reason: str
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Something worth a line in the log. Holds no token and no secret."""

    level: Level
    event: str
    details: dict[str, Any]


Output = Prepare | Connect | SendFrame | CloseConnection | AbortConnection | Deliver | Stop | Report
