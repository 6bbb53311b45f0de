"""A server's private directory: its adoption desk, bytes too large for memory. A killed server leaves one behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_PREFIX = "fakeqq-server-"
# Locked by its owner as long as that lives, whatever its process id is in whatever namespace.
_OWNER = "owner"


class RuntimeDirectory:
    """Made by this, removed by `close`; those of dead servers are removed on the way.

    Attributes:
        path: of the directory, which only this user may enter.
    """

    def __init__(self) -> None:
        _sweep()
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        unlocked = self.path / f"{_OWNER}.new"
        self._owner = unlocked.open("wb")
        _lock(self._owner.fileno())
        unlocked.rename(self.path / _OWNER)  # never seen without its lock

    def close(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self._owner.close()


def _sweep() -> None:
    """Remove what servers of this user left behind that were killed."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # it is another user's, or was removed meanwhile
            if left.is_symlink() or left.stat().st_uid != os.getuid():
                continue
            with (left / _OWNER).open("rb") as owner:
                if _lock(owner.fileno()):
                    shutil.rmtree(left, ignore_errors=True)


if sys.platform != "win32":

    def _lock(handle: int) -> bool:
        """Take the lock if nobody holds it."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

else:

    def _lock(_handle: int) -> bool:
        """Windows keeps no such lock; nothing is removed there."""
        return False
