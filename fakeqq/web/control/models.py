"""Bodies of the control API. Unknown fields are refused, never ignored."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from fakeqq.core.verbs import CloseCode, CloseReason

# Longest blocking wait, seconds. A longer one is a loop on the caller's side. Our choice.
LONGEST_WAIT = 600.0
# Longest text a user says, characters: more than QQ's own clients send in one message. Our choice.
LONGEST_TEXT = 1_000_000

Seconds = Annotated[float, Field(ge=0, le=86_400)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewWorld(Body):
    """`own_door` opens ports of the world's own, so that even a socket that has not said who it is belongs to it."""

    app_id: Annotated[str | None, Field(pattern=r"^[0-9]{1,20}$")] = None
    secret: Annotated[str | None, Field(min_length=1, max_length=128)] = None
    settings: dict[str, Any] = {}
    own_door: bool = False


class NewUser(Body):
    name: Annotated[str | None, Field(max_length=100)] = None


class NewGroup(Body):
    name: Annotated[str | None, Field(max_length=100)] = None
    members: Annotated[list[str], Field(max_length=1000)] = []


class Say(Body):
    text: Annotated[str, Field(max_length=LONGEST_TEXT)]
    user: str | None = None
    group: str | None = None


class RawEvent(Body):
    type: Annotated[str, Field(min_length=1, max_length=100)]
    data: Any = None
    id: Annotated[str | None, Field(max_length=500)] = None


class Clock(Body):
    """Any of the three; `advance` in seconds, `speed` in world seconds per real second."""

    advance: Annotated[float | None, Field(ge=0, le=10 * 365 * 86_400)] = None
    speed: Annotated[float | None, Field(gt=0, le=1000)] = None
    frozen: bool | None = None


class Selection(Body):
    """Which live connections; all of them when none is named."""

    connection: int | None = None


class Reconnect(Selection):
    """op 7, and `after` seconds later the close; `then_close` null withholds it."""

    then_close: CloseCode | None = 4009
    after: Seconds = 0.0


class Invalidate(Selection):
    """op 9, and `after` seconds later the close; `forget` makes the session unknown."""

    resumable: bool = False
    then_close: CloseCode | None = None
    after: Seconds = 0.0
    forget: bool = True


class Close(Selection):
    """A close frame; without a reason the platform's own text for the code is sent."""

    code: CloseCode
    reason: CloseReason | None = None
    forget: bool = False


class MuteAcks(Body):
    """Whether heartbeats go unanswered, on every connection of the world, present and future."""

    muted: bool


class Wait(Body):
    """Until `count` entries after `since` match `where`; `timeout` in real seconds."""

    where: dict[str, Any]
    since: Annotated[int, Field(ge=0)] = 0
    count: Annotated[int, Field(ge=1, le=10_000)] = 1
    timeout: Annotated[float, Field(ge=0, le=LONGEST_WAIT)] = 10.0


class Count(Body):
    where: dict[str, Any]
    since: Annotated[int, Field(ge=0)] = 0
