"""Whatever a process starts ends with it, even when it is killed: a guard beside it sees to that.

The guard is a process of its own, one for each process that starts servers or programs. It is told of each of them
over a pipe, and when the other end of the pipe closes, because its owner has ended in whatever way, it ends all of
which it was not told that they are gone. A parent-death signal (PR_SET_PDEATHSIG,
https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html) would not do: it is sent at the end of the thread
that started the process, and nothing that the process itself started gets it.

The protocol, line by line: `MARK GROUP` of what is to be watched, GROUP 0 while it is not known; `MARK` of what has
ended.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, BinaryIO

from fakeqq.launch import strays

if TYPE_CHECKING:
    from collections.abc import Iterable

NO_GROUP = 0
"""What is watched has not been started yet."""


class Guard:
    """The owner's side. May be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def watch(self, mark: str, group: int = NO_GROUP) -> None:
        """From now on the process group, and all that have `mark` in their environment, end with this process.

        Called before the start, so that there is no moment without a guard, and again when the group is known.
        """
        self._tell(f"{mark} {group}")

    def forget(self, mark: str) -> None:
        """What was watched has ended."""
        self._tell(mark)

    def close(self) -> None:
        """End the guard, and with it what is still watched."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            atexit.unregister(self.close)
            process.communicate()

    def _tell(self, line: str) -> None:
        with self._lock:
            if self._process is None:
                self._process = _start()
                atexit.register(self.close)
            assert self._process.stdin is not None
            with contextlib.suppress(BrokenPipeError):  # somebody ended the guard; what it guards is not to suffer
                self._process.stdin.write(f"{line}\n".encode())
                self._process.stdin.flush()


def _start() -> subprocess.Popen[bytes]:
    # Without our own mark: whoever ends us by it counts on the guard to end what we started.
    environment = {name: value for name, value in os.environ.items() if name != strays.MARK}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "fakeqq.launch.guard"],  # -P: the current directory may be a bot's
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def keep(lines: Iterable[bytes]) -> None:
    """The guard's side: read to the end, and end what is left then."""
    watched: dict[str, int] = {}
    for line in lines:
        mark, _, group = line.decode("ascii").strip().partition(" ")
        if group:
            watched[mark] = int(group)
        else:
            watched.pop(mark, None)
    for mark, number in watched.items():
        # PermissionError: on macOS, a group of which only a dead leader is left.
        if number != NO_GROUP:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(number, signal.SIGKILL)
        strays.end(mark)


def main(incoming: BinaryIO) -> None:
    """The guard's process. It ends with its owner, and by no signal that is meant for all of a group or session."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    keep(incoming)


GUARD = Guard()
"""This process's guard, started when it is first needed."""


if __name__ == "__main__":
    main(sys.stdin.buffer)
