"""The conformance suite seen from the command line; the suite itself is a package of its own."""

from __future__ import annotations

import shlex
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakeqq.launch.errors import LaunchError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_OPTIONS = {
    "adapter_file": "--adapter-file",
    "features": "--features",
    "via": "--via",
    "speed": "--speed",
    "level": "--level",
    "chapter": "--chapter",
    "checks": "--checks",
    "requirements": "--requirements",
    "known_failing": "--known-failing",
    "write_known_failing": "--write-known-failing",
    "repeat": "--repeat",
    "hold": "--hold",
    "junit": "--junitxml",
    "json_file": "--results",
    "report": "--report",
    "summary": "--summary",
    "expression": "-k",
    "workers": "-n",
    "first": "-x",
    "verbose": "-v",
}
"""Our option's name, and pytest's word for it."""


def command(words: Sequence[str], options: Mapping[str, Any]) -> list[str]:
    """The pytest command that grades `words`; options of None are left out, those of True are only named.

    Raises:
        LaunchError: the suite is not installed.
    """
    spec = find_spec("conformance")
    if spec is None or not spec.submodule_search_locations:
        raise _missing()
    # -P: the current directory is a bot's, and must not supply modules to the suite.
    result = [sys.executable, "-P", "-m", "pytest", str(Path(spec.submodule_search_locations[0]))]
    if words:
        result.append(f"--adapter={shlex.join(words)}")
    # One word: pytest takes a lone value of an option that it does not know yet for a path, and looks into it.
    for name, word in _OPTIONS.items():
        value = options.get(name)
        for each in value if isinstance(value, tuple) else () if value is None else (value,):
            named = [word] if each is True else [f"{word}={each}"] if word.startswith("--") else [word, each]
            result += named
    return result


def table(paint: Callable[[str, str], str]) -> list[str]:
    """Every check in one line, chapter by chapter."""
    rows = _catalogue().ROWS
    width = max(len(row.id) for row in rows)
    colours = {"must": "red", "should": "yellow", "advice": "blue"}
    return [f"{row.id:<{width}}  {paint(f'{row.level.word:<6}', colours[row.level.word])}  {row.title}" for row in rows]


def explanation(check_id: str, bold: Callable[[str], str]) -> list[str]:
    """One check in full.

    Raises:
        LaunchError: no such check; with the nearest ids.
    """
    catalogue = _catalogue()
    try:
        row = catalogue.check_row(check_id.partition("[")[0])
    except catalogue.UnknownCheckError as error:
        raise LaunchError(str(error), "`fakeqq checks` lists them all.", exit_code=2) from error
    lines = [f"{bold(row.id)}  ({row.level.word}, since {row.since})", row.title, ""]
    parts = (
        ("What happens", (row.happens,)),
        ("What is required", (row.requirement,)),
        ("Source", (row.clause,)),
        ("Why", row.why),
        ("The usual fix", (row.fix,)),
    )
    for heading, texts in parts:
        lines += [bold(heading), *(f"  {text}" for text in texts), ""]
    return lines[:-1]


def _catalogue() -> Any:
    # By name: this package must not depend on the suite, which depends on it.
    if find_spec("conformance") is None:
        raise _missing()
    return import_module("conformance.catalogue")


def _missing() -> LaunchError:
    return LaunchError(
        "the conformance suite is not installed", "Reinstall fakeqq: its package `conformance` is missing.", exit_code=5
    )
