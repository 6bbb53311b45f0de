"""What a connection asks of the shell that owns its socket, in order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class SendText:
    """Nobody changes it (freezing costs half a microsecond on the dispatch path)."""

    text: str


@dataclass(frozen=True, slots=True)
class CloseSocket:
    """Close with a close frame."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class DropSocket:
    """Close the TCP connection without a close frame."""


@dataclass(frozen=True, slots=True)
class ResetSocket:
    """End the TCP connection with RST; what is still on its way is lost."""


@dataclass(frozen=True, slots=True)
class CutFrame:
    """Send the first bytes of a frame, its header included, and end the TCP connection."""

    text: str
    size: int


@dataclass(frozen=True, slots=True)
class StopReading:
    """Take nothing more from the socket and keep it: half-open."""


@dataclass(frozen=True, slots=True)
class StopSending:
    """Let nothing more out of the socket and keep it, answers to WebSocket pings included."""


@dataclass(frozen=True, slots=True)
class Drip:
    """From now on let so many bytes a second out; steady seconds of the server."""

    bytes_per_second: float


Line = StopReading | StopSending | Drip
Output = SendText | CloseSocket | DropSocket | ResetSocket | CutFrame | Line
