"""Processes that left a child's process group, found by a mark in their environment, and ended.

A program that makes itself a daemon (a process manager, a browser) is not reached by a signal to
the group. Linux only; elsewhere the group is all there is.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path

MARK = "FAKEQQ_CHILD"
"""The variable that every process started for one child inherits."""

_PASSES = 5


def end(mark: str) -> int:
    """Kill every process of this user whose environment holds MARK=`mark`; return how many.

    Repeated until none is found, because one may have started another meanwhile.
    """
    if sys.platform != "linux":
        return 0
    total = 0
    for _ in range(_PASSES):
        found = sum(_end_one(int(entry.name), mark) for entry in Path("/proc").iterdir() if entry.name.isdecimal())
        total += found
        if not found:
            break
    return total


def _end_one(pid: int, mark: str) -> int:
    if pid == os.getpid():
        return 0
    with contextlib.suppress(OSError):
        # The handle comes first: a signal through it never reaches a later process of the same number.
        handle = os.pidfd_open(pid)
        try:
            entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            if f"{MARK}={mark}".encode() in entries:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
                return 1
        finally:
            os.close(handle)
    return 0
