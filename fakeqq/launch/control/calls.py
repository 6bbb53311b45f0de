"""How each part of the control client calls the world it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fakeqq.launch.control.server import Control

Json = dict[str, Any]

TIMEOUT = 10.0
"""Seconds for an ordinary call; waiting for the journal adds its own time."""


class WorldCalls:
    """What the parts have in common: the world's name, and the way to it."""

    def __init__(self, control: Control, app_id: str, secret: str | None = None, door: Json | None = None) -> None:
        self.door = door
        self.app_id = app_id
        self.secret = secret
        self._control = control

    def __repr__(self) -> str:
        return f"<WorldControl {self.app_id} of {self._control.url}>"

    def _call(self, method: str, path: str, body: Any = None, **options: Any) -> Json:
        return self._control.call(method, f"/worlds/{self.app_id}{path}", body, **options)

    def _act(self, path: str, /, **body: Any) -> Json:
        """A POST whose body leaves out what was not given."""
        return self._call("POST", path, {name: value for name, value in body.items() if value is not ...})


def given(**values: Any) -> Json:
    """The values that were given; the server has its own default for the others."""
    return {name: value for name, value in values.items() if value is not None}
