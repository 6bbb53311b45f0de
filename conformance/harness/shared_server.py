"""One server for all workers of a run: the controller starts it while they start, and each takes it where it is.

Eight servers cost a second of a core each before the first check begins; one process serves eight bots with ease. It
is an offer: a worker that finds no server here, or a dead one, starts its own.
"""

from __future__ import annotations

import fcntl
import threading
from typing import TYPE_CHECKING

from fakeqq.launch.errors import LaunchError
from fakeqq.launch.ready import Ready
from fakeqq.launch.server import ServerProcess

if TYPE_CHECKING:
    from pathlib import Path

LINE = "server.json"
"""In the run's directory: the ready line, once there is one."""

STARTING = "server.lock"
"""Locked by the controller until the server is there, or could not be started."""


class SharedServer:
    """The controller's side."""

    def __init__(self, directory: Path) -> None:
        """Begin to start the server; whoever asks for it from now on waits until it is there."""
        self._directory = directory
        self._server = ServerProcess()
        self._lock = (directory / STARTING).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._starting = threading.Thread(target=self._start, name="server", daemon=True)
        self._starting.start()

    def close(self) -> None:
        """Stop it."""
        self._starting.join()
        self._server.stop()

    def _start(self) -> None:
        with self._lock:  # closing the file unlocks it
            try:
                ready = self._server.start().ready
            except LaunchError:
                return  # each worker will say so, in its own words
            (self._directory / LINE).write_text(ready.to_line(), encoding="utf-8")


def offered(directory: Path) -> Ready | None:
    """The worker's side: the server of this run, waited for while it starts; None when there is none."""
    try:
        with (directory / STARTING).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            return Ready.from_line((directory / LINE).read_bytes())
    except OSError:
        return None
