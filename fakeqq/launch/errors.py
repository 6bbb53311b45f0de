"""The one error of this package; each says what to do."""

from __future__ import annotations

import errno
from pathlib import Path


class LaunchError(Exception):
    """Something could not be done.

    Attributes:
        message: what happened, and why.
        advice: what a person can do about it; "" when there is nothing to say.
        exit_code: what a command line should exit with (2: the words were wrong, 4: the bot did not start).
    """

    def __init__(self, message: str, advice: str = "", *, exit_code: int = 4) -> None:
        super().__init__(f"{message}\n{advice}" if advice else message)
        self.message = message
        self.advice = advice
        self.exit_code = exit_code


def unreadable(error: OSError | UnicodeDecodeError) -> str:
    """Why a text file could not be read; its name is not said, as the error's own text does."""
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8, at byte {error.start}"
    return error.strerror or str(error)


def not_executable(program: str, number: int | None, reason: str | None) -> LaunchError:
    """The error for a command that the system does not execute, in a shell's words."""
    if number == errno.ENOENT:
        return LaunchError(f"{program}: command not found", "Is it installed, and on PATH?")
    if number == errno.EACCES and Path(program).is_dir():
        return LaunchError(f"{program}: is a directory", "Name the program in it.")
    if number == errno.EACCES:
        return LaunchError(f"{program}: permission denied", f"Try: chmod +x {program}, or name the interpreter.")
    if number == errno.ENOEXEC:
        return LaunchError(f"{program}: not a program", "A script needs a first line such as #!/usr/bin/env python3.")
    return LaunchError(f"{program}: {reason}")
