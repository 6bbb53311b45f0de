"""Bodies of the control API. Unknown fields are refused, never ignored."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from fakeqq.core.faults.verbs import CloseCode, CloseReason

# Longest blocking wait, seconds. A longer one is a loop on the caller's side. Our choice.
LONGEST_WAIT = 600.0
# Longest text a user says, characters: more than QQ's own clients send in one message. Our choice.
LONGEST_TEXT = 1_000_000

Seconds = Annotated[float, Field(ge=0, le=86_400)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewWorld(Body):
    """`own_door` opens ports of the world's own, so that even a socket that has not said who it is belongs to it.

    A `snapshot` brings its people, chats, settings and clock; `app_id`, `secret` and `settings` given here win over it.
    """

    app_id: Annotated[str | None, Field(pattern=r"^[0-9]{1,20}$")] = None
    secret: Annotated[str | None, Field(min_length=1, max_length=128)] = None
    settings: dict[str, Any] = {}
    own_door: bool = False
    snapshot: dict[str, Any] | None = None


class Door(Body):
    """Whether the kernel lets new TCP connections in; `drop` ends those that came in before with RST."""

    open: bool
    drop: bool = False


class NewUser(Body):
    name: Annotated[str | None, Field(max_length=100)] = None


class NewGroup(Body):
    name: Annotated[str | None, Field(max_length=100)] = None
    members: Annotated[list[str], Field(max_length=1000)] = []
    full: Annotated[bool | None, Field(description="the bot gets every message; null: as the world's switch")] = None


class GroupMode(Body):
    """Whether the bot gets every message of a group; null follows the world's switch."""

    full: bool | None


class Say(Body):
    """What a user says.

    The scene follows from `group`, `guild` and `channel` when it is not given; a guild or a channel that does not exist
    is made. `mentions` are `bot`, `all` or openids, by default the bot. `fields` go over the finished `d`.
    """

    text: Annotated[str, Field(max_length=LONGEST_TEXT)]
    scene: Literal["c2c", "group", "channel", "dm"] | None = None
    user: str | None = None
    group: str | None = None
    guild: Annotated[str | None, Field(pattern=r"^[0-9]{1,19}$")] = None
    channel: Annotated[str | None, Field(pattern=r"^[0-9]{1,19}$")] = None
    quote: Annotated[str | None, Field(description="a message id of this chat")] = None
    attachments: Annotated[list[str | dict[str, Any]], Field(max_length=100)] = []
    faces: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=100)] = []
    mentions: Annotated[list[str] | None, Field(max_length=1000)] = None
    fields: dict[str, Any] = {}


class RawEvent(Body):
    """`data` goes as it is, null too; without it the platform's own `d` for the type goes, with `fields` over it."""

    type: Annotated[str, Field(min_length=1, max_length=100)]
    data: Any = None
    fields: dict[str, Any] = {}
    id: Annotated[str | None, Field(max_length=500)] = None


class OfUser(Body):
    """Which user; the world's first one when none is named."""

    user: str | None = None


class Application(OfUser):
    """Who asks to be let into a group, and with which words."""

    text: Annotated[str, Field(max_length=200)] = "让我进来吧"


class OfChat(OfUser):
    """A user, or a group of which the user is a member."""

    group: str | None = None


class Press(OfChat):
    """A button: under the message `message_id`, its first one without `button_id`; or one with these texts.

    The scene follows from `group` and `channel` when it is not given.
    """

    scene: Literal["c2c", "group", "channel", "dm"] | None = None
    channel: Annotated[str | None, Field(pattern=r"^[0-9]{1,19}$")] = None
    message_id: str | None = None
    button_id: Annotated[str | None, Field(max_length=1000)] = None
    button_data: Annotated[str | None, Field(max_length=10_000)] = None


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


class StaleHttp(Body):
    """`reset`: RST at once. `eof`: the next request on the connection finds its end, and has no effect."""

    how: Literal["reset", "eof"]


class Verdict(Body):
    """How a message's audit ends."""

    verdict: Literal["pass", "reject"]


class BotInGroup(Body):
    """What the bot is in a group; what is not given stays."""

    muted: bool | None = None
    admin: bool | None = None


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
