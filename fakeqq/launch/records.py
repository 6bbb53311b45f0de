"""A note of each running `fakeqq serve`: `fakeqq env` in another shell finds its secret and certificate there.

One file per port in a directory that only this user can read; it goes when the server ends.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from fakeqq.launch.errors import LaunchError
from fakeqq.launch.ready import Ready

if TYPE_CHECKING:
    from collections.abc import Iterator


def folder() -> Path:
    """The user's private directory for notes, made when needed.

    An XDG_RUNTIME_DIR that cannot be used, as `su` leaves it behind, is passed over.

    Raises:
        LaunchError: somebody else owns a directory of that name.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    base = runtime if os.path.isdir(runtime) and os.access(runtime, os.W_OK) else tempfile.gettempdir()  # noqa: PTH112
    path = Path(base) / f"fakeqq-{os.getuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    status = path.stat()
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise LaunchError(f"{path} is open to other users", f"Remove it: rm -r {path}", exit_code=2)
    return path


@contextlib.contextmanager
def kept(ready: Ready) -> Iterator[None]:
    """Keep the note while the server runs."""
    path = folder() / f"{ready.port}.json"
    path.write_text(ready.to_line(), encoding="utf-8")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def find(port: int) -> Ready | None:
    """The server that runs on a port, from its note; None without one, or when its process is gone."""
    try:
        ready = Ready.from_line((folder() / f"{port}.json").read_text(encoding="utf-8"))
        os.kill(ready.pid, 0)
    except (OSError, ValueError):
        return None
    return ready
