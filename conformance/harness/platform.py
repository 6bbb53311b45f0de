"""The emulator as one pytest worker uses it: one server process, and a fresh world for each case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.verdict import Blocked, Broken
from fakeqq.launch.control import Control
from fakeqq.launch.errors import LaunchError
from fakeqq.launch.server import ServerProcess

if TYPE_CHECKING:
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
    """Starts the server when it is first needed, and again if it has died."""

    def __init__(self) -> None:
        self._silent_cases = 0
        self._server: ServerProcess | None = None
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
            if self._server is None:
                self._server = ServerProcess()
                self._server.start()
                self._control = Control(self._server.ready.control_url)
            assert self._control is not None
            world = self._control.create_world(settings=SETTINGS, own_door=True)
        except LaunchError as error:
            self.close()
            raise Broken(f"no world could be made: {error}", expected="the emulator works") from error
        assert world.secret is not None
        return Place(self._server.ready.through(world.door), world, world.secret)

    def heard_of_adapter(self, connected: bool) -> None:
        """Whether the adapter spoke to the platform in the case that has ended."""
        self._silent_cases = 0 if connected else self._silent_cases + 1

    def close(self) -> None:
        """Stop the server; the next world starts another."""
        server, control = self._server, self._control
        self._server = self._control = None
        if control is not None:
            control.close()
        if server is not None:
            server.stop()
