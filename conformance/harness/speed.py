"""How fast the adapter's clock may run: ten times, where libfaketime reaches the program; else as it is."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from fakeqq.launch import faketime

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FAST = 10.0
"""Measured on two cores, eight bots at once, three more processes computing: every check still passes at 40. Beyond 10
little time is won, as starting processes costs the same at any speed, and slower machines need the room."""

FASTEST = 300.0
"""For a story of hours. Logins were seen to pass at 1000; but at 300 the ten seconds that some bots wait for a
handshake are 33 real milliseconds already."""

UNHURRIED = 1 / FAST
"""The `hurry` of a check about seconds in which a process or a library works rather than waits: no clock speeds work
up. The usual fast clock is then the real one."""

MAGIC = b"\x7fELF"
INTERPRETER = b"/ld-"  # the dynamic loader's path (glibc: ld-linux…, musl: ld-musl…), which static programs lack
GO = b"\xff Go buildinf:"  # what `go version FILE` looks for; Go asks the kernel for the time, not the C library
HEAD = 4096
_SHEBANG = re.compile(rb"#!\s*([^\n]+)")


class SpeedError(ValueError):
    """The speed that was asked for cannot be had."""


def choose_speed(wish: str, command: Sequence[str], environment: Mapping[str, str]) -> float:
    """The speed for this command: `auto`, or a number.

    Raises:
        SpeedError: no number, or libfaketime does not work here, or cannot reach this program.
    """
    if wish == "auto":
        reachable = unreachable(command, environment) is None
        return FAST if reachable and faketime.obstacle(FAST, environment) is None else 1.0
    try:
        speed = float(wish)
    except ValueError as error:
        raise SpeedError(f"--speed takes auto or a number, not {wish!r}") from error
    if speed == 1:
        return speed
    obstacle = faketime.obstacle(speed, environment)
    if obstacle is not None:
        raise SpeedError(str(obstacle) if obstacle.message.startswith("--speed") else f"--speed {wish}: {obstacle}")
    reason = unreachable(command, environment)
    if reason is not None:
        raise SpeedError(f"--speed {wish}: {reason}; use --speed 1")
    return speed


def hurried(speed: float, hurry: float) -> float:
    """The speed of a check that asks for `hurry` times the run's `speed`; a clock that cannot be hurried stays."""
    if speed <= 1:
        return speed
    wish = speed * hurry
    return max(wish, 1.0) if hurry < 1 else max(speed, min(wish, FASTEST))


def unreachable(command: Sequence[str], environment: Mapping[str, str]) -> str | None:
    """Why libfaketime does not reach the command's own program; None when it does, or when nobody can tell.

    A script is followed to its interpreter. What a script starts in turn is not looked at.
    """
    program = shutil.which(command[0], path=environment.get("PATH"))
    for _ in range(4):  # a script's interpreter may be a script again, within reason
        if program is None:
            return None
        try:
            content = Path(program).read_bytes()
        except OSError:
            return None
        shebang = _SHEBANG.match(content)
        if shebang is None:
            return _verdict(program, content)
        words = shlex.split(shebang.group(1).decode(errors="replace"))
        named = words[1] if len(words) > 1 and Path(words[0]).name == "env" else words[0]
        program = shutil.which(named, path=environment.get("PATH"))
    return None


def _verdict(program: str, content: bytes) -> str | None:
    if not content.startswith(MAGIC):
        return None
    if GO in content:
        return f"{program} is a Go program, which libfaketime does not reach"
    if INTERPRETER not in content[:HEAD]:
        return f"{program} is linked statically, so libfaketime does not reach it"
    return None
