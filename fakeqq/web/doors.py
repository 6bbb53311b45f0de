"""Opens and closes the doors of worlds' own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakeqq.core.doors import Doors
    from fakeqq.web.listeners import Listener, Listeners


class DoorKeeper:
    """Does with the listening sockets what the platform wants done with its doors."""

    def __init__(self, doors: Doors, listeners: Listeners) -> None:
        self._doors = doors
        self._listeners = listeners
        self._opening: set[asyncio.Task[None]] = set()

    async def make(self, app_id: str, host: str) -> tuple[int, int | None]:
        """Open ports of a world's own: plain, and TLS if the server speaks it."""
        plain = await self._listeners.listen(host, 0, tls=False, door=app_id)
        tls = await self._listeners.listen(host, 0, tls=True, door=app_id) if self._listeners.tls is not None else None
        return plain.port, tls.port if tls is not None else None

    def remove(self, app_id: str) -> None:
        """Close the ports that `make` opened, for good; sockets handed in go when their bringer does."""
        for listener in self._listeners.of(app_id):
            if not listener.handed_in:
                self._listeners.close_one(listener)

    def flush(self) -> None:
        """Begin what the platform wants: a door is closed when this returns, and opened by `settled`."""
        for move in self._doors.take_moves():
            for listener in self._listeners.of(move.app_id):
                if move.is_open:
                    task = asyncio.get_running_loop().create_task(self._open(move.app_id, listener))
                    self._opening.add(task)
                    task.add_done_callback(self._opening.discard)
                else:
                    listener.shut()
            if move.drop:
                self._listeners.reset_connections(move.app_id)

    async def settled(self) -> None:
        """Wait until every door stands as wanted."""
        await asyncio.gather(*self._opening)

    async def _open(self, app_id: str, listener: Listener) -> None:
        # It may have been closed again, or removed, since.
        if self._doors.is_open(app_id) and listener in self._listeners.of(app_id):
            await listener.open()
