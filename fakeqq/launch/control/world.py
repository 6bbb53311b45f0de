"""One world of a running server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.launch.control.calls import given
from fakeqq.launch.control.connections import Connections
from fakeqq.launch.control.guilds import Guilds
from fakeqq.launch.control.journal import Journal
from fakeqq.launch.control.people import People
from fakeqq.launch.control.webhook import Webhook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fakeqq.launch.control.calls import Json


class WorldControl(Connections, People, Guilds, Journal, Webhook):
    """One world. `secret` is known when it was made here; `door` when it has one of its own."""

    def summary(self) -> Json:
        """The world at a glance."""
        return self._call("GET", "")

    def settings(self, **changes: Any) -> Json:
        """Change settings; the answer holds all of them."""
        return self._call("PATCH", "/settings", changes)

    def clock(self, *, advance: float | None = None, speed: float | None = None, frozen: bool | None = None) -> Json:
        """Move the world's clock; without an argument, read it: `now`, `speed`, `frozen`."""
        body = given(advance=advance, speed=speed, frozen=frozen)
        return self._call("POST", "/clock", body) if body else self._call("GET", "/clock")

    def faults(self, faults: Sequence[Mapping[str, Any]] | None = None) -> list[Json]:
        """Replace the whole list in one call; without an argument, read it. Each has its `hits`."""
        if faults is None:
            return list(self._call("GET", "/faults")["faults"])
        return list(self._call("PUT", "/faults", [dict(fault) for fault in faults])["faults"])

    def clear_faults(self) -> Json:
        """Nothing goes wrong any more."""
        return self._call("DELETE", "/faults")

    def scenario(self, name: str | None = None, *, inline: Mapping[str, Any] | None = None) -> Json:
        """Stage a bad day: one that ships, by name, or one's own in the form of `Control.show_scenario`."""
        return self._call("POST", "/scenario", given(name=name, inline=inline))

    def current_scenario(self) -> Json:
        """The scenario in force (None: there is none), and what waits in it."""
        return self._call("GET", "/scenario")

    def end_scenario(self) -> Json:
        """Its faults are gone and nothing happens by itself any more; settings stay as they are."""
        return self._call("DELETE", "/scenario")

    def snapshot(self) -> Json:
        """The world as a document that `Control.create_world` takes; without sessions, tokens and journal."""
        return self._call("POST", "/snapshot")

    def neighbour(self) -> WorldControl:
        """A fresh world that shares this one's door: the second bot of one program."""
        made = self._call("POST", "/neighbours", {})
        return WorldControl(self._control, str(made["app_id"]), str(made["secret"]), self.door)

    def change_secret(self, secret: str | None = None) -> str:
        """Another secret from now on, an invented one when none is given; returns it."""
        self.secret = str(self._call("PUT", "/secret", given(secret=secret))["secret"])
        return self.secret

    def delete(self) -> None:
        """Remove the world with all that is connected to it."""
        self._call("DELETE", "")

    def reset(self) -> None:
        """The world back to its first state; connections are dropped."""
        self._call("POST", "/reset", {})
