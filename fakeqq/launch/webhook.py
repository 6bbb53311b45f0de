"""The port on which a child takes the platform's webhook deliveries: which one it is, and whether the child listens."""

from __future__ import annotations

import contextlib
import secrets
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from fakeqq.launch.errors import LaunchError

HOST = "127.0.0.1"

LOWEST, HIGHEST = 20_000, 30_000
"""Below the ports that systems give to outgoing connections (Linux: 32768, macOS: 49152), so that none of those takes
the port between this choice and the child's own start."""

TRIES = 100
BACKLOG = 256

# The state of a socket in /proc/net/tcp (https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html).
_LISTENING = "0A"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a child shall take deliveries; `port` is the one that it sees."""

    port: int
    path: str


def free_port() -> int:
    """A port of this machine that nobody uses at this moment.

    Raises:
        LaunchError: none was found.
    """
    for _ in range(TRIES):
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((HOST, port))
            return port
    raise LaunchError(f"no free port between {LOWEST} and {HIGHEST} for the webhook", exit_code=5)


def is_listening(pid: int, port: int) -> bool:
    """Whether anybody listens on this port where the process lives, be it in a network namespace of its own.

    On Linux the system's table is read, so that nobody is knocked at; elsewhere a connection is tried.
    """
    if sys.platform != "linux":
        with socket.socket() as probe:
            return probe.connect_ex((HOST, port)) == 0
    return any(_listens(Path(f"/proc/{pid}/net/{table}"), port) for table in ("tcp", "tcp6"))


def _listens(table: Path, port: int) -> bool:
    try:
        lines = table.read_text(encoding="ascii").splitlines()[1:]
    except OSError:  # the process is gone, or there is no IPv6
        return False
    rows = (line.split() for line in lines)
    return any(row[3] == _LISTENING and int(row[1].rpartition(":")[2], 16) == port for row in rows)
