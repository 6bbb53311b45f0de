"""Which ways of pointing a program at the server, and which speeds, work on this machine: each is tried."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fakeqq.launch import child, environment, faketime
from fakeqq.launch.errors import LaunchError
from fakeqq.launch.server import ServerProcess
from fakeqq.launch.via import Via, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fakeqq.launch.ready import Ready

TIMEOUT = 20.0
"""Seconds for one probe."""

SPEED = 10.0

_HTTPS_URL = "https://api.sgroup.qq.com/gateway"
# Any HTTP answer will do: it came through TLS, and only our authority is trusted there.
_PYTHON_PROBE = """
import sys, urllib.error, urllib.request
try:
    urllib.request.urlopen(sys.argv[1], timeout=15)
except urllib.error.HTTPError:
    pass
"""
_NODE_PROBE = """
fetch(process.argv[1]).catch((error) => { console.error(String(error.cause || error)); process.exit(1); });
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried.

    Attributes:
        name: the option and who it is for.
        works: whether the probe succeeded; None when it could not be tried.
        detail: why not, or what it is good for.
        advice: what to do; "" when it works.
    """

    name: str
    works: bool | None
    detail: str
    advice: str = ""


def examine() -> Iterator[Finding]:
    """Try everything, one finding at a time. Takes about two seconds.

    Raises:
        LaunchError: the server itself does not start.
    """
    python = [sys.executable, "-c", _PYTHON_PROBE]
    node = shutil.which("node")
    with ServerProcess() as server:
        ready = server.ready
        yield _try(
            "--via env",
            "settings of the program itself",
            [*python, f"{ready.api_base}/gateway"],
            ready,
            Via.ENV,
        )
        yield _try("--via shim (Python)", "programs in Python", [*python, _HTTPS_URL], ready, Via.SHIM)
        if node is None:
            yield Finding("--via shim (Node)", None, "node is not installed")
        else:
            yield _try(
                "--via shim (Node)",
                "programs in Node",
                [node, "-e", _NODE_PROBE, _HTTPS_URL],
                ready,
                Via.SHIM,
            )
        yield _try("--via netns", "any program; nothing gets out", [*python, _HTTPS_URL], ready, Via.NETNS)
    chosen = resolve(Via.AUTO)
    yield Finding("--via auto", True, f"means {chosen} here")
    obstacle = faketime.obstacle(SPEED)
    if obstacle is None:
        yield Finding(f"--speed {SPEED:g}", True, "Python, Node and most others; not Go, not static binaries")
    else:
        yield Finding(f"--speed {SPEED:g}", False, obstacle.message, obstacle.advice)


def _try(name: str, purpose: str, command: Sequence[str], ready: Ready, via: Via) -> Finding:
    trust = environment.trust(Path(ready.ca_file)) if ready.ca_file is not None else {}
    try:
        with child.start(
            command, ready, app_id=ready.app_id, secret=ready.secret, via=via, extra_environment=trust
        ) as probe:
            status = probe.wait(TIMEOUT)
            if status == 0:
                return Finding(name, True, purpose)
            last = (probe.stderr_tail(1) or f"the probe exited with {status}").strip()
    except subprocess.TimeoutExpired:
        last = f"the probe did not end within {TIMEOUT:g} s"
    except LaunchError as error:
        return Finding(name, False, error.message, error.advice)
    return Finding(name, False, last, "Please report this, with the output of `fakeqq doctor`.")


def machine() -> str:
    """What was examined, in one line."""
    system = os.uname()
    return f"{system.sysname} {system.release} {system.machine}, Python {sys.version.split()[0]}"
