"""Directories that go with the process that made them, or, where it was killed, when another process makes one."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_PREFIX = "fakeqq-"
# Locked by its owner as long as that lives, whatever its process id is in whatever namespace.
_OWNER = "owner"


class OwnedDirectory(tempfile.TemporaryDirectory[str]):
    """A temporary directory that only this user may enter; before a process's first, those of dead owners are removed.

    Args:
        kind: a word for its name.
    """

    def __init__(self, kind: str) -> None:
        _sweep(tempfile.gettempdir())
        super().__init__(prefix=f"{_PREFIX}{kind}-", ignore_cleanup_errors=True)
        unlocked = Path(self.name) / f"{_OWNER}.new"
        self._owner = unlocked.open("wb")
        _lock(self._owner.fileno())
        unlocked.rename(Path(self.name) / _OWNER)  # never seen without its lock

    def cleanup(self) -> None:
        """Remove it with all that is in it."""
        self._owner.close()
        super().cleanup()


@cache
def _sweep(place: str) -> None:
    """Remove what processes of this user left behind that were killed; once per process, which makes many of these."""
    for left in Path(place).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # it is another user's, has no owner, or was removed meanwhile
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
