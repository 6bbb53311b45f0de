"""What a process and all that it started take from the machine, read from /proc."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PROC = Path("/proc")

# Fields of /proc/PID/stat behind the program's name, and of /proc/PID/statm: https://man7.org/linux/man-pages/man5/proc.5.html
_SESSION = 3
_RESIDENT = 1


@dataclass(frozen=True, slots=True)
class Footprint:
    """`memory` in bytes that lie in RAM; `sockets` of every kind, connected or not."""

    memory: int
    sockets: int


def footprint(session: int, proc: Path = PROC) -> Footprint | None:
    """Of all processes of a session; None where the system does not tell.

    Args:
        session: the number of the session, which is the id of the process that began it.
        proc: where the kernel shows its processes.
    """
    if sys.platform != "linux":
        return None
    memory = sockets = 0
    for process in _members(session, proc):
        with contextlib.suppress(OSError):  # ended meanwhile, or not ours to look at
            pages = int((process / "statm").read_text(encoding="ascii").split()[_RESIDENT])
            memory += pages * os.sysconf("SC_PAGE_SIZE")
            sockets += sum(str(handle.readlink()).startswith("socket:") for handle in (process / "fd").iterdir())
    return Footprint(memory, sockets) if memory else None


def _members(session: int, proc: Path) -> Iterator[Path]:
    for process in proc.iterdir():
        if process.name.isdecimal():
            with contextlib.suppress(OSError):
                stat = (process / "stat").read_text(encoding="utf-8", errors="replace")
                if int(stat.rpartition(")")[2].split()[_SESSION]) == session:
                    yield process
