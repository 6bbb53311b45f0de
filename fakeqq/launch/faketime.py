"""A faster clock for a child: libfaketime (https://github.com/wolfcw/libfaketime) in LD_PRELOAD.

It reaches programs that ask the C library for the time: Python, Node, most others. It does not reach
Go and static binaries (https://github.com/wolfcw/libfaketime/issues/195).
"""

from __future__ import annotations

import glob
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from fakeqq.launch.errors import LaunchError

if TYPE_CHECKING:
    from collections.abc import Mapping

LIBRARY = "libfaketimeMT.so.1"
"""The build for programs with threads."""

_PLACES = (
    "/usr/lib/*/faketime",  # Debian, Ubuntu
    "/usr/lib64/faketime",  # Fedora, openSUSE
    "/usr/lib/faketime",  # Arch, Alpine
    "/usr/local/lib/faketime",  # built from source
    "/home/linuxbrew/.linuxbrew/lib/faketime",
    "/opt/homebrew/lib/faketime",
)
_ADVICE = (
    "Install it (Debian, Ubuntu: apt-get install faketime), or name its file in FAKEQQ_LIBFAKETIME, or use --speed 1."
)
_PROBE_SECONDS = 0.05
_PROBE = """
import select, sys, time
for _ in range(2):
    print(time.time(), time.monotonic(), flush=True)
    sys.stdin.readline()
"""


def find_library(environment: Mapping[str, str]) -> Path:
    """The library's file.

    Raises:
        LaunchError: there is none.
    """
    named = environment.get("FAKEQQ_LIBFAKETIME")
    if named:
        if Path(named).is_file():
            return Path(named)
        raise LaunchError(f"FAKEQQ_LIBFAKETIME names a file that is not there: {named}", _ADVICE, exit_code=2)
    for place in _PLACES:
        for candidate in sorted(glob.glob(f"{place}/{LIBRARY}")):  # noqa: PTH207 (the place itself is a pattern)
            return Path(candidate)
    raise LaunchError("--speed needs libfaketime, which is not installed", _ADVICE, exit_code=2)


def variables(speed: float, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that make a child's clocks run `speed` times as fast; none for 1.

    Raises:
        LaunchError: the speed makes no sense, or the library is not there.
    """
    if speed == 1:
        return {}
    if not 0 < speed <= 1000:
        raise LaunchError(f"--speed {speed:g}: a number above 0 and up to 1000 is needed", exit_code=2)
    if sys.platform != "linux":
        raise LaunchError("--speed works on Linux only", "Use --speed 1.", exit_code=2)
    library = str(find_library(environment))
    present = environment.get("LD_PRELOAD")
    return {"LD_PRELOAD": f"{library} {present}" if present else library, "FAKETIME": f"+0 x{speed:g}"}


def measure(speed: float, environment: Mapping[str, str]) -> tuple[float, float]:
    """How many times faster a child's wall clock and monotonic clock really run.

    Raises:
        LaunchError: the library is not there, or the child did not answer.
    """
    child = subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-IS", "-c", _PROBE],
        env={**environment, **variables(speed, environment)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdin is not None
        assert child.stdout is not None

        def sample() -> tuple[float, float, float]:
            assert child.stdout is not None
            words = child.stdout.readline().split()
            if len(words) != 2:
                raise LaunchError("a Python child under libfaketime did not start", _ADVICE, exit_code=2)
            return time.monotonic(), float(words[0]), float(words[1])

        try:
            first = sample()
            # Real time must pass for its speed to be measured; nothing happens that could be waited for.
            select.select([child.stdout], [], [], _PROBE_SECONDS)
            child.stdin.write("\n")
            child.stdin.flush()
            second = sample()
        finally:
            child.kill()
    real, wall, monotonic = (after - before for before, after in zip(first, second, strict=True))
    return wall / real, monotonic / real


def obstacle(speed: float, environment: Mapping[str, str] | None = None) -> LaunchError | None:
    """Why `speed` does not work here, found by trying it; None when it does."""
    try:
        measured = measure(speed, os.environ if environment is None else environment)
    except LaunchError as error:
        return error
    # Half to double: the two ends of each interval are read by two processes, one after the other.
    if all(speed / 2 < factor < speed * 2 for factor in measured):
        return None
    return LaunchError(
        f"with libfaketime, a child's clocks run {measured[0]:.1f} and {measured[1]:.1f} times as fast, not {speed:g}",
        "Another version may do; FAKEQQ_LIBFAKETIME names its file.",
        exit_code=2,
    )
