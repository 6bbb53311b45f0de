"""What a scenario makes happen by itself, one model per action, and what each does to a world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fakeqq.core.events.speech import Speech, speak
from fakeqq.core.faults.verbs import CloseCode, CloseReason, code_or_none
from fakeqq.core.webhooks.styles import Style
from fakeqq.core.webhooks.tampering import Tamper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fakeqq.core.clock import Instant
    from fakeqq.core.gateway.connection import Connection
    from fakeqq.core.world import World

# Nothing a scenario stages lasts longer than a day. Our choice.
Seconds = Annotated[float, Field(ge=0, le=86_400)]


class _Action(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Reconnect(_Action):
    """Op 7, and `after` seconds later the close; `then_close` "never" withholds it."""

    act: Literal["reconnect"]
    then_close: CloseCode | Literal["never"] = 4009
    after: Seconds = 0.0


class Invalidate(_Action):
    """Op 9, and `after` seconds later the close, if there is one; `forget` makes the session unknown."""

    act: Literal["invalidate"]
    resumable: bool = False
    then_close: CloseCode | Literal["never"] = "never"
    after: Seconds = 0.0
    forget: bool = True


class Close(_Action):
    """A close frame; without a reason the platform's own text is sent. `forget` makes the session unknown."""

    act: Literal["close"]
    code: CloseCode
    reason: CloseReason | None = None
    forget: bool = False


class Drop(_Action):
    """The TCP connection is gone without a close frame."""

    act: Literal["drop"]


class MuteAcks(_Action):
    """Heartbeats go unanswered, or are answered again, on every connection of the world."""

    act: Literal["mute-acks"]
    muted: bool = True


class ForgetSessions(_Action):
    """Every session is unknown from now on: RESUME is refused, live sockets hear nothing more."""

    act: Literal["forget-sessions"]


class RevokeTokens(_Action):
    """Every access token is dead from now on."""

    act: Literal["revoke-tokens"]


class Say(_Action):
    """The first user speaks: in C2C, with an @ in the first group, or where `scene` says."""

    act: Literal["say"]
    text: Annotated[str, Field(max_length=10_000)] = "ping"
    group: bool = False
    scene: Literal["c2c", "group", "channel", "dm"] | None = None


class Advance(_Action):
    """The clock that the platform judges by jumps forward: reply windows, token life, session life."""

    act: Literal["advance"]
    seconds: Annotated[float, Field(ge=0, le=10 * 365 * 86_400)]


class Settings(_Action):
    """Settings of the world change, switches name by name."""

    act: Literal["settings"]
    change: dict[str, Any]


class Faults(_Action):
    """These faults stand instead of all others; an empty list ends them."""

    act: Literal["faults"]
    faults: list[dict[str, Any]]


class Door(_Action):
    """TCP to the world's own door is refused, or let in again; `drop` ends with RST what came through it before."""

    act: Literal["door"]
    open: bool
    drop: bool = False


class Push(_Action):
    """One delivery to the webhook, forged if `tamper` says how, or a genuine one in another spelling (`style`)."""

    act: Literal["push"]
    text: Annotated[str, Field(max_length=10_000)] = "ping"
    tamper: Tamper | None = None
    style: Style | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Push:
        if self.tamper is not None and self.style is not None:
            raise ValueError("a delivery is forged, or written otherwise, not both")
        return self


class Redeliver(_Action):
    """The last pushed event again with the same top-level `id`, as if its acknowledgement had been lost."""

    act: Literal["redeliver"]


class Validate(_Action):
    """Op 13 to the webhook."""

    act: Literal["validate"]


ACTIONS: tuple[type[_Action], ...] = (
    Reconnect, Invalidate, Close, Drop, MuteAcks, ForgetSessions, RevokeTokens, Say, Advance, Settings, Faults,
    Door, Push, Redeliver, Validate,
)  # fmt: skip

Action = Annotated[
    Reconnect | Invalidate | Close | Drop | MuteAcks | ForgetSessions | RevokeTokens | Say | Advance | Settings
    | Faults | Door | Push | Redeliver | Validate,
    Field(discriminator="act"),
]  # fmt: skip


def action_name(action: type[_Action]) -> str:
    """The word that names an action in a scenario, e.g. `mute-acks`."""
    (name,) = action.model_fields["act"].annotation.__args__  # type: ignore[union-attr]
    return str(name)


def perform(action: Action, world: World, connections: Sequence[Connection], now: Instant) -> None:
    """Make it happen, on these connections where it is about connections.

    Raises:
        ControlError: it cannot happen now, such as a push without a webhook, or a door that is not the world's own.
    """
    match action:
        case Reconnect() | Invalidate() | Close() | Drop():
            for connection in connections:
                _end(action, world, connection, now)
        case MuteAcks():
            world.acks_muted = action.muted
        case ForgetSessions():
            world.sessions.forget_all()
        case RevokeTokens():
            world.tokens.revoke()
        case Advance():
            world.clock.advance(action.seconds)
        case Settings():
            world.settings = world.settings.changed(action.change)
        case Faults():
            world.faults.replace(action.faults)
        case Door():
            world.doors.move(world.app_id, is_open=action.open, drop=action.drop)
        case _:
            _speak(action, world, now)


def _end(action: Reconnect | Invalidate | Close | Drop, world: World, connection: Connection, now: Instant) -> None:
    session = connection.session
    if session is not None and isinstance(action, Invalidate | Close) and action.forget:
        world.sessions.forget(session)
    match action:
        case Reconnect():
            connection.ask_to_reconnect(now, code_or_none(action.then_close), action.after)
        case Invalidate():
            code = code_or_none(action.then_close)
            connection.invalidate(now, resumable=action.resumable, then_close=code, after=action.after)
        case Close():
            connection.close(action.code, now, action.reason)
        case Drop():
            connection.drop(now)


def _speak(action: Say | Push | Redeliver | Validate, world: World, now: Instant) -> None:
    match action:
        case Say():
            group = _first_group(world) if action.group or action.scene == "group" else None
            speak(world, Speech(text=action.text, scene=action.scene, group=group), now)
        case Push():
            world.push(Speech(text=action.text), now, tamper=action.tamper, style=action.style)
        case Redeliver():
            world.webhook.repeat(now)
        case Validate():
            world.webhook.validate(now)


def _first_group(world: World) -> str:
    groups = world.people.groups
    return next(iter(groups)) if groups else world.people.add_group().group_openid
