"""What the control routes work on, handed to them by FastAPI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from fastapi import Depends, Path, Request

from fakeqq.core.clock import Instant
from fakeqq.core.platform import Platform
from fakeqq.core.world import World
from fakeqq.web.doors import DoorKeeper
from fakeqq.web.journal_file import JournalFile

STATE = "fakeqq.control"
"""The key of the server's `ControlState` in the scope of a control request."""


class MakeStale(Protocol):
    """`Listeners.make_stale`."""

    def __call__(self, app_id: str, *, reset: bool) -> int: ...


@dataclass(slots=True)
class ControlState:
    """The server as the control API sees it.

    Attributes:
        clock: monotonic seconds.
        flush: says what the platform decided to say; called after every change.
        doors: opens and closes the doors of worlds' own.
        make_door: opens ports of a world's own and describes them.
        make_stale: has the HTTP connections die that a world's bot keeps idle.
        journal_file: the journal on disk, if one is kept.
    """

    platform: Platform
    clock: Callable[[], float]
    flush: Callable[[], None]
    doors: DoorKeeper
    make_door: Callable[[str], Awaitable[dict[str, Any]]]
    make_stale: MakeStale
    journal_file: JournalFile | None = None

    def now(self, world: World) -> Instant:
        return self.platform.now(world, self.clock())

    def retime(self, world: World) -> None:
        """Deadlines may be nearer than their timers know: after a change of the clock, of settings, of tokens."""
        for connection in world.live_connections():
            connection.out.wake()
        self.flush()

    def record(self, world: World, action: str, **details: Any) -> None:
        """Note in the world's journal what was asked of it."""
        world.journal.append(self.now(world), "control", action=action, details=details)


def _server(request: Request) -> ControlState:
    state = request.scope[STATE]
    assert isinstance(state, ControlState)
    return state


Server = Annotated[ControlState, Depends(_server)]


def _world(server: Server, app_id: Annotated[str, Path(description="the bot's app id")]) -> World:
    world = server.platform.world(app_id)
    world.settle(server.now(world))
    return world


InWorld = Annotated[World, Depends(_world)]
