"""`adapter.toml`: what an adapter's author declares once instead of typing it with every run.

    command = "python bot.py"            # or ["python", "bot.py"]
    features = ["group", "burst"]        # what the bot has beyond the echo
    via = "shim"                         # as --via
    speed = 10                           # as --speed
    known-failing = "known-failing.txt"  # as --known-failing, relative to this file
    webhook-path = "/qq/webhook"         # where it takes deliveries, if it cannot be told (default: /)

Every key is optional. What the command line says goes before it.
"""

from __future__ import annotations

import difflib
import shlex
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.features import Feature, UnknownFeatureError, read_features
from fakeqq.launch.errors import unreadable
from fakeqq.launch.via import Via

if TYPE_CHECKING:
    from pathlib import Path

NAME = "adapter.toml"
"""Read from the directory where the run is started."""

KEYS = ("command", "features", "via", "speed", "known-failing", "webhook-path")


class AdapterFileError(ValueError):
    """The file cannot be followed; the message names it, the key, and the remedy."""


@dataclass(frozen=True, slots=True)
class AdapterFile:
    """What the file says; None where it says nothing."""

    command: str | None = None
    features: frozenset[Feature] | None = None
    via: str | None = None
    speed: str | None = None
    known_failing: Path | None = None
    webhook_path: str | None = None


def find(named: Path | None, base: Path) -> AdapterFile:
    """The file that was named, else the one that lies in `base`, else nothing.

    Raises:
        AdapterFileError: it is wrong, or a named one is not there.
    """
    if named is not None:
        return read(named)
    usual = base / NAME
    return read(usual) if usual.is_file() else AdapterFile()


def read(path: Path) -> AdapterFile:
    """The content of a file.

    Raises:
        AdapterFileError: it cannot be read, or is wrong.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise AdapterFileError(f"{path}: {unreadable(error)}") from error
    except tomllib.TOMLDecodeError as error:
        raise AdapterFileError(f"{path}: {error}") from error
    for key in content:
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(KEYS)}"
            raise AdapterFileError(f"{path}: no key is called {key!r}; {hint}")
    try:
        return AdapterFile(
            command=_command(content.get("command")),
            features=_features(content.get("features")),
            via=_via(content.get("via")),
            speed=_speed(content.get("speed")),
            known_failing=_path(content.get("known-failing"), path.parent),
            webhook_path=_webhook_path(content.get("webhook-path")),
        )
    except ValueError as error:
        raise AdapterFileError(f"{path}: {error}") from error


def _command(value: Any) -> str | None:
    if value is None or (isinstance(value, str) and value.strip()):
        return value
    if _is_words(value) and value:
        return shlex.join(value)
    raise ValueError('command: write "python bot.py", or ["python", "bot.py"]')


def _features(value: Any) -> frozenset[Feature] | None:
    if value is None:
        return None
    if not _is_words(value):
        raise ValueError('features: write a list of names, such as ["group", "burst"]')
    try:
        return read_features(value)
    except UnknownFeatureError as error:
        raise ValueError(f"features: {error}") from error


def _via(value: Any) -> str | None:
    if value is None or value in list(Via):
        return None if value is None else str(value)
    raise ValueError(f"via: {value!r} is none of {', '.join(Via)}")


def _speed(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g}"
    raise ValueError('speed: write a number, or "auto"')


def _path(value: Any, base: Path) -> Path | None:
    if value is None:
        return None
    if isinstance(value, str) and value:
        return base / value
    raise ValueError('known-failing: write the name of a file, such as "known-failing.txt"')


def _webhook_path(value: Any) -> str | None:
    if value is not None and not (isinstance(value, str) and value.startswith("/")):
        raise ValueError('webhook-path: write a path, such as "/qq/webhook"')
    return value


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)
