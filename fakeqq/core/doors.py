"""Doors of worlds' own, as they should be: a shell owns the listening sockets and makes it so."""

from __future__ import annotations

from dataclasses import dataclass

from fakeqq.core.errors import ControlError

_GET_ONE = 'make the world with a door of its own: POST /_fakeqq/worlds {"own_door": true}'


@dataclass(frozen=True, slots=True)
class Move:
    """A door that is to be opened or closed.

    Attributes:
        drop: connections that came through it end with RST.
    """

    app_id: str
    is_open: bool
    drop: bool = False


class Doors:
    """Which worlds of a server have doors of their own, and which of these are closed.

    Attributes:
        own: app ids whose door the shell holds.
    """

    def __init__(self) -> None:
        self.own: set[str] = set()
        self._closed: set[str] = set()
        self._moves: list[Move] = []

    def is_open(self, app_id: str) -> bool:
        """Whether new TCP connections are let in; what has no door of its own is always open."""
        return app_id not in self._closed

    def demand_own(self, app_id: str, what: str) -> None:
        """What is wanted of a world's connections before their bots have said who they are.

        Raises:
            ControlError: the world has no door of its own, so nobody can tell which connections these are.
        """
        if app_id not in self.own:
            raise ControlError(
                "no_own_door",
                f"{what} comes before a bot says who it is, and world {app_id!r} shares the server's common door with "
                f"other worlds, so it would not happen; {_GET_ONE}",
                status=409,
                suggestion="own_door",
            )

    def move(self, app_id: str, *, is_open: bool, drop: bool = False) -> None:
        """Let new TCP connections in again, or have them refused.

        Raises:
            ControlError: the world shares the common door, which the control API is behind, too.
        """
        if app_id not in self.own:
            raise ControlError(
                "no_own_door",
                f"world {app_id!r} shares the server's common door, and that cannot be closed; {_GET_ONE}",
                status=409,
                suggestion="own_door",
            )
        self._put(Move(app_id, is_open, drop))

    def reopen(self, app_id: str) -> None:
        """A world ends or begins anew: its door is not closed any more."""
        if app_id in self._closed:
            self._put(Move(app_id, is_open=True))

    def take_moves(self) -> list[Move]:
        """What is to be done since the last call, in order."""
        if not self._moves:
            return []
        moves, self._moves = self._moves, []
        return moves

    def _put(self, move: Move) -> None:
        (self._closed.discard if move.is_open else self._closed.add)(move.app_id)
        self._moves.append(move)
