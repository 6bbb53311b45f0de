"""The emulator as one pytest worker uses it: a server process, and a fresh world for each case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.harness.shared_server import offered
from conformance.verdict import Blocked, Broken
from fakeqq.launch.control import Control
from fakeqq.launch.errors import LaunchError
from fakeqq.launch.server import ServerProcess

if TYPE_CHECKING:
    from pathlib import Path

    from fakeqq.launch.control import WorldControl
    from fakeqq.launch.ready import Ready

SETTINGS = {
    # A bot with a fixed heartbeat must fail where heartbeats are judged, and only there.
    "switches": {"missed_heartbeats": "ignore"},
}
"""What every world of the suite begins with; all else is the server's default."""


PATIENCE = 2
"""Cases in a row without a word from the adapter after which no further one is begun: a wrong command, or a way of
pointing that does not work, is found out in a minute and not in an hour."""


@dataclass(frozen=True, slots=True)
class Place:
    """A world, and how to reach it."""

    ready: Ready
    control: WorldControl
    secret: str


class Platform:
    """Takes the run's server when a world is first needed; starts one where there is none, or where it has died."""

    def __init__(self, shared: Path | None = None) -> None:
        """`shared` is the directory in which the run's server is offered; None: there is none."""
        self._silent_cases = 0
        self._shared = shared
        self._server: ServerProcess | None = None
        self._ready: Ready | None = None
        self._control: Control | None = None

    def new_place(self) -> Place:
        """A fresh world.

        Raises:
            Blocked: the last adapters never spoke; another would not, either.
            Broken: the server did not start, or refused.
        """
        if self._silent_cases >= PATIENCE:
            raise Blocked(
                f"not run: the adapter did not connect in the {PATIENCE} checks before", expected="the adapter connects"
            )
        try:
            return self._make()
        except LaunchError as error:
            is_shared = self._ready is not None and self._server is None
            self.close()
            if is_shared:
                return self.new_place()
            raise Broken(f"no world could be made: {error}", expected="the emulator works") from error

    def heard_of_adapter(self, connected: bool) -> None:
        """Whether the adapter spoke to the platform in the case that has ended."""
        self._silent_cases = 0 if connected else self._silent_cases + 1

    def close(self) -> None:
        """Leave the server; it ends if it is ours. The next world starts another."""
        server, control = self._server, self._control
        self._shared = self._server = self._ready = self._control = None
        if control is not None:
            control.close()
        if server is not None:
            server.stop()

    def _make(self) -> Place:
        if self._ready is None:
            self._ready = offered(self._shared) if self._shared is not None else None
        if self._ready is None:
            self._server = ServerProcess()
            self._ready = self._server.start().ready
        if self._control is None:
            self._control = Control(self._ready.control_url)
        world = self._control.create_world(settings=SETTINGS, own_door=True)
        assert world.secret is not None
        return Place(self._ready.through(world.door), world, world.secret)
