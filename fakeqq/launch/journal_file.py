"""A journal that a server kept with `--journal FILE`, opened again."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakeqq.launch.errors import LaunchError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Worlds of a journal that a refusal names; a suite's file has hundreds. Our choice.
_SHOWN = 10


def entries(
    file: str, *, world: str | None = None, since: int = 0, kind: str | None = None
) -> Iterator[dict[str, Any]]:
    """The entries in their order, those of one world or of all.

    Raises:
        LaunchError: there is no such file, it is no journal, or holds nothing of that world.
    """
    address = f"{Path(file).absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as disk:
            _demand_world(disk, world)
            rows = disk.execute(
                "SELECT entry FROM entries WHERE (?1 IS NULL OR world = ?1) AND id > ?2 AND (?3 IS NULL OR kind = ?3)"
                " ORDER BY number",
                (world, since, kind),
            )
            for (entry,) in rows:
                yield json.loads(entry)
    except sqlite3.Error as error:
        raise LaunchError(
            f"{file} cannot be read as a journal: {error}",
            "Name a file that `fakeqq serve --journal FILE` has written.",
            exit_code=2,
        ) from error


def _demand_world(disk: sqlite3.Connection, world: str | None) -> None:
    if world is None or disk.execute("SELECT 1 FROM entries WHERE world = ? LIMIT 1", (world,)).fetchone():
        return
    known = [name for (name,) in disk.execute("SELECT DISTINCT world FROM entries WHERE world <> '' ORDER BY world")]
    advice = f"It has: {', '.join(known[:_SHOWN])}" if known else "It holds no world's entries."
    raise LaunchError(f"this journal has no world {world!r}", advice, exit_code=2)
