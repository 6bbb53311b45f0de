"""Where a shard stands, and how long it may stand there."""

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType


class Phase(Enum):
    """The phases of a shard; `gateway` draws the way through them."""

    IDLE = auto()
    RESTING = auto()
    """Between connections, until a moment that the backoff chose."""
    PREPARING = auto()
    """An access token is being fetched, for as long as that takes."""
    DIALLING = auto()
    GREETING = auto()
    """The socket is open; HELLO is to come."""
    QUEUEING = auto()
    """HELLO came; the platform's budget allows no IDENTIFY yet."""
    AUTHENTICATING = auto()
    """IDENTIFY or RESUME is sent; READY or RESUMED is to come."""
    READY = auto()
    REFUSED = auto()
    """Op 9 came; the close code may follow."""
    LEAVING = auto()
    """We closed; the other side's close is to come."""
    STOPPED = auto()


CONNECTED = frozenset({Phase.GREETING, Phase.QUEUEING, Phase.AUTHENTICATING, Phase.READY, Phase.REFUSED})
"""Phases in which a socket is open and we have not said goodbye."""

PATIENCE: Mapping[Phase, float] = MappingProxyType(
    {
        # TCP may be accepted and the upgrade never answered; a healthy platform needs less than a second.
        Phase.DIALLING: 15.0,
        # HELLO is the platform's first frame and waits for nothing.
        Phase.GREETING: 10.0,
        # Each replayed event starts them anew. Several public clients have no such limit and hang for ever.
        Phase.AUTHENTICATING: 15.0,
        # The close followed op 9 after 0.1 s in the one timed log (tencent-connect/openclaw-qqbot#18); who closes
        # first never learns the reason (bubbuild/bub-contrib#61).
        Phase.REFUSED: 3.0,
        # The old socket may be half dead: that may be why we leave it.
        Phase.LEAVING: 2.0,
    }
)
"""Seconds after which a phase has failed."""
