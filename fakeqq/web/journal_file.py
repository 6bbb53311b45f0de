"""The journal on disk: an SQLite file in WAL mode, fed by a thread, so that no bot's request waits for a disk.

What `flush` has acknowledged survives the death of the process, `kill -9` included; the control API flushes before it
answers what changes a world.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

    from fakeqq.core.journal import Entry
    from fakeqq.core.platform import Platform
    from fakeqq.core.world import World

# One row for each entry; `world` is empty for what belongs to no world. Ids start anew when a world is made anew, so
# that `number` alone tells the order.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY, world TEXT NOT NULL, id INTEGER NOT NULL, at REAL NOT NULL, kind TEXT NOT NULL,
    entry TEXT NOT NULL
)
"""
_INSERT = "INSERT INTO entries (world, id, at, kind, entry) VALUES (?, ?, ?, ?, ?)"
# Entries waiting for the disk, above which new ones are not kept; flush tells how many. Our choice.
_WAITING_LIMIT = 1_000_000
_Row = tuple[str, int, float, str, str]
_encode = msgspec.json.Encoder().encode
# Entries written in one transaction.
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class _Flush:
    """Answered when everything before it is on disk."""

    done: threading.Event


_Item = tuple[str, "Entry"] | _Flush | None


class JournalFile:
    """Writes every journal entry of a server to one file.

    Args:
        path: made when it is not there; a journal that is there goes on.

    Raises:
        sqlite3.Error: the file cannot be written, or is something else.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        check(path)
        self._queue: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._stored = 0
        self._lost = 0
        self._error: str | None = None
        self._thread = threading.Thread(target=self._write, name="fakeqq-journal", daemon=True)
        self._thread.start()

    def attach(self, platform: Platform) -> None:
        """Hear every entry of every world, present and future, and those of no world."""
        platform.watch(self._keep)
        platform.journal.listeners.append(lambda entry: self._put("", entry))

    async def flush(self) -> dict[str, Any]:
        """Wait until what was noted so far is on disk: how many entries are, and how many could not be kept."""
        done = threading.Event()
        self._queue.put(_Flush(done))
        await asyncio.to_thread(done.wait)
        return {"stored": self._stored, "lost": self._lost, "error": self._error}

    def close(self) -> None:
        """Write what is left and end the thread."""
        self._queue.put(None)
        self._thread.join()

    def _keep(self, world: World, entry: Entry) -> None:
        self._put(world.app_id, entry)

    def _put(self, world: str, entry: Entry) -> None:
        if self._queue.qsize() >= _WAITING_LIMIT:
            self._lost += 1
            return
        self._queue.put((world, entry))

    def _write(self) -> None:
        disk = _connect(self._path)
        ends = False
        while not ends:
            items = self._take()
            ends = None in items
            self._store(disk, [_row(*item) for item in items if isinstance(item, tuple)])
            for item in items:
                if isinstance(item, _Flush):
                    item.done.set()
        disk.close()

    def _take(self) -> list[_Item]:
        """What waits, up to a batch; at least one item."""
        items = [self._queue.get()]
        with contextlib.suppress(queue.Empty):
            while len(items) < _BATCH:
                items.append(self._queue.get_nowait())
        return items

    def _store(self, disk: sqlite3.Connection, batch: list[_Row]) -> None:
        try:
            with disk:
                disk.executemany(_INSERT, batch)
        except sqlite3.Error as error:
            self._lost += len(batch)
            self._error = str(error)
        else:
            self._stored += len(batch)


def _row(world: str, entry: Entry) -> _Row:
    return world, entry["id"], entry["at"], entry["kind"], _encode(entry).decode()


def check(path: Path) -> None:
    """Make sure that a journal can be kept here.

    Raises:
        sqlite3.Error: the file cannot be written, or is something else.
    """
    _connect(path).close()


def _connect(path: Path) -> sqlite3.Connection:
    disk = sqlite3.connect(path)
    try:
        disk.execute("PRAGMA journal_mode=WAL")
        disk.execute("PRAGMA synchronous=NORMAL")  # a committed row survives the process; power loss is not our matter
        with disk:
            disk.execute(_SCHEMA)
    except sqlite3.Error:
        disk.close()
        raise
    return disk
