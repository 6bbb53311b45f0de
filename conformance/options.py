"""The suite's options: declared for pytest, read once, checked before anything starts."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance import known_failing
from conformance.harness.adapter import AdapterCommand
from conformance.harness.speed import SpeedError, choose_speed
from conformance.registry import all_cases
from conformance.row import Level
from fakeqq.launch.via import Via, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest

REFERENCE_CLIENT = (sys.executable, "-m", "reference_client")
"""What is graded when no adapter is given: the suite's own proof that its demands can be met."""


class OptionError(ValueError):
    """The command line cannot be followed; the message says why."""


RESOLVED = "fakeqq_resolved"
"""The option without a flag that holds what `auto` came out as."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the run was asked for: `adapter`, `via` and `speed` as they were written, `command` as it is meant."""

    adapter: str | None
    via: str
    speed: str
    command: AdapterCommand
    level: Level
    known_failing: Mapping[str, str]
    results: Path | None


def declare(parser: pytest.Parser) -> None:
    """Add the options to pytest's."""
    group = parser.getgroup("fakeqq", "conformance of a QQ bot")
    group.addoption(
        "--adapter",
        metavar="CMD",
        help="the command that starts the bot; {app_id} and {secret} are replaced in it "
        "(default: the reference client)",
    )
    group.addoption(
        "--via",
        choices=[via.value for via in Via],
        default=Via.AUTO.value,
        help="how the bot is pointed at the emulator (default: %(default)s, the strongest that works here)",
    )
    group.addoption(
        "--speed",
        metavar="auto|N",
        default="auto",
        help="how many times faster the bot's clock runs (default: %(default)s: 10 under libfaketime, else 1)",
    )
    group.addoption(
        "--level",
        choices=[level.value for level in Level],
        default=Level.ADVICE.value,
        help="M: only what a bot must do; S: also what it should; A: everything (default)",
    )
    group.addoption(
        "--known-failing",
        metavar="FILE",
        help="failures that are known, one per line: `chapter/slug  # reason URL`; one that passes fails the run",
    )
    group.addoption("--results", metavar="FILE", help="write the results as JSON")


def read(config: pytest.Config) -> Options:
    """The options of this run.

    Raises:
        OptionError: a value makes no sense here.
    """
    words = shlex.split(config.getoption("--adapter") or "") or REFERENCE_CLIENT
    base = config.invocation_params.dir
    return Options(
        adapter=config.getoption("--adapter"),
        via=config.getoption("--via"),
        speed=config.getoption("--speed"),
        command=_command(config, tuple(words)),
        level=Level(config.getoption("--level")),
        known_failing=_known_failing(config.getoption("--known-failing"), base),
        results=_inside(base, config.getoption("--results")),
    )


def _command(config: pytest.Config, words: tuple[str, ...]) -> AdapterCommand:
    """Found out once per run: pytest-xdist hands the controller's option values on to the workers."""
    if not hasattr(config.option, RESOLVED):
        try:
            speed = choose_speed(config.getoption("--speed"), words, os.environ)
            via = resolve(Via(config.getoption("--via")))
        except SpeedError as error:
            raise OptionError(str(error)) from error
        setattr(config.option, RESOLVED, (via.value, speed))
    via_value, speed = getattr(config.option, RESOLVED)
    return AdapterCommand(words, Via(via_value), speed)


def _known_failing(name: str | None, base: Path) -> dict[str, str]:
    path = _inside(base, name)
    if path is None:
        return {}
    try:
        return known_failing.read(path, {case.id for case in all_cases()})
    except known_failing.KnownFailingError as error:
        raise OptionError(str(error)) from error


def _inside(base: Path, name: str | None) -> Path | None:
    return None if name is None else base / name
