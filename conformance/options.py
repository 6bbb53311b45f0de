"""The suite's options: declared for pytest, read once, checked before anything starts."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance import adapter_file, known_failing, requirements
from conformance.catalogue import REQUIREMENTS
from conformance.features import Feature, UnknownFeatureError, read_features
from conformance.harness.adapter import AdapterCommand
from conformance.harness.speed import SpeedError, choose_speed
from conformance.registry import all_cases
from conformance.row import Level
from conformance.selection import EVERYTHING, Selection, SelectionError, select
from fakeqq.launch.via import Via, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.adapter_file import AdapterFile

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
    known_failing: Mapping[str, str]
    results: Path | None
    report: Path | None
    summary: Path | None
    selection: Selection = EVERYTHING
    requirements: str = REQUIREMENTS
    write_known_failing: Path | None = None
    hold: bool = False
    repeat: int = 1


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
        "--adapter-file",
        metavar="FILE",
        help=f"keys {', '.join(adapter_file.KEYS)}, for what is not said here (default: {adapter_file.NAME} where the "
        "run is started, if it is there)",
    )
    group.addoption(
        "--features",
        metavar="a,b,c",
        help=f"what the bot has beyond the echo: {', '.join(Feature)}; others are looked for",
    )
    group.addoption(
        "--via",
        choices=[via.value for via in Via],
        help="how the bot is pointed at the emulator (default: auto, the strongest that works here; the reference "
        "client: env)",
    )
    group.addoption(
        "--speed",
        metavar="auto|N",
        help="how many times faster the bot's clock runs (default: auto: 10 under libfaketime, else 1)",
    )
    group.addoption(
        "--level",
        choices=[level.value for level in Level],
        default=Level.ADVICE.value,
        help="M: only what a bot must do; S: also what it should; A: everything (default)",
    )
    group.addoption(
        "--chapter", metavar="NAME", action="append", default=[], help="only this chapter (may be given again)"
    )
    group.addoption(
        "--checks",
        metavar="PATTERN",
        action="append",
        default=[],
        help="only checks whose id matches, such as 'reconnect/*,startup/online' (may be given again)",
    )
    group.addoption(
        "--requirements",
        metavar="YEAR-MONTH",
        default=REQUIREMENTS,
        help="grade by this requirement set; newer checks are shown, and do not count (default: %(default)s)",
    )
    group.addoption(
        "--known-failing",
        metavar="FILE",
        help="failures that are known, one per line: `chapter/slug  # reason URL`; one that passes fails the run",
    )
    group.addoption(
        "--write-known-failing",
        metavar="FILE",
        help="write what failed as such a file; reasons that --known-failing gave are kept",
    )
    group.addoption(
        "--repeat", metavar="N", type=int, default=1, help="run each check N times, and tell which are not the same"
    )
    group.addoption(
        "--hold",
        action="store_true",
        help="leave the world, the bot and its faults as they are at the end of the one check, until Enter",
    )
    group.addoption("--results", metavar="FILE", help="write the results as JSON")
    group.addoption(
        "--report",
        metavar="DIR",
        help="write report.html, results.json, junit.xml, summary.md, badge.svg and badge.json",
    )
    group.addoption("--summary", metavar="FILE", help="add the summary in Markdown to a file ($GITHUB_STEP_SUMMARY)")


def read(config: pytest.Config) -> Options:
    """The options of this run.

    Raises:
        OptionError: a value makes no sense here.
    """
    base = config.invocation_params.dir
    declared = _declared(config, base)
    adapter = config.getoption("--adapter") or declared.command
    # The reference client reads its addresses from the environment: a namespace for each case is a fifth of the time.
    usual = Via.ENV if adapter is None else Via.AUTO
    via = config.getoption("--via") or declared.via or usual.value
    speed = config.getoption("--speed") or declared.speed or "auto"
    features = _features(config, declared, is_reference=adapter is None)
    words = REFERENCE_CLIENT if adapter is None else _words(adapter)
    resolved_via, resolved_speed = _resolved(config, words, via, speed)
    known = config.getoption("--known-failing")
    _check_numbers(config)
    _check_expressions(config)
    _check_junit(base, config)
    return Options(
        adapter=adapter,
        via=via,
        speed=speed,
        command=AdapterCommand(words, resolved_via, resolved_speed, features, declared.webhook_path or "/"),
        known_failing=_known_failing(base / known if known else declared.known_failing),
        results=_written(base, config, "--results"),
        report=_written(base, config, "--report"),
        summary=_written(base, config, "--summary"),
        selection=_selection(config),
        requirements=_requirements(config.getoption("--requirements")),
        write_known_failing=_written(base, config, "--write-known-failing"),
        hold=config.getoption("--hold"),
        repeat=config.getoption("--repeat"),
    )


def _words(adapter: str) -> tuple[str, ...]:
    """A command, word by word."""
    try:
        words = tuple(shlex.split(adapter))
    except ValueError as error:
        raise OptionError(f"--adapter {adapter!r}: {error}") from error
    if not words or not words[0]:
        raise OptionError("--adapter is an empty command; leave it out to grade the reference client")
    return words


def _check_numbers(config: pytest.Config) -> None:
    if config.getoption("--repeat") < 1:
        raise OptionError("--repeat takes a number from 1 on")
    if config.getoption("--hold") and config.getoption("numprocesses", default=None) not in (None, 0):
        raise OptionError("--hold needs one process: leave -n out")
    if config.getoption("--hold") and config.getoption("--repeat") > 1:
        raise OptionError("--hold and --repeat cannot be used together")


def _check_expressions(config: pytest.Config) -> None:
    """`-k` and `-m`, by pytest's own hook, which in each of many workers would end the whole run with a traceback."""
    try:
        config.pluginmanager.getplugin("mark").pytest_collection_modifyitems(items=[], config=config)
    except pytest.UsageError as error:
        raise OptionError(str(error)) from error


def _selection(config: pytest.Config) -> Selection:
    try:
        return select(Level(config.getoption("--level")), config.getoption("--chapter"), config.getoption("--checks"))
    except SelectionError as error:
        raise OptionError(str(error)) from error


def _requirements(name: str) -> str:
    try:
        requirements.ids_of(name)
    except requirements.UnknownRequirementsError as error:
        raise OptionError(f"--requirements: {error.args[0]}") from error
    return name


def _declared(config: pytest.Config, base: Path) -> AdapterFile:
    try:
        return adapter_file.find(_inside(base, config.getoption("--adapter-file")), base)
    except adapter_file.AdapterFileError as error:
        raise OptionError(str(error)) from error


def _features(config: pytest.Config, declared: AdapterFile, *, is_reference: bool) -> frozenset[Feature]:
    """What is declared; the reference client has everything."""
    named = config.getoption("--features")
    if named is None:
        usual = frozenset(Feature) if is_reference else frozenset[Feature]()
        return usual if declared.features is None else declared.features
    try:
        return read_features(named.split(","))
    except UnknownFeatureError as error:
        raise OptionError(f"--features: {error}") from error


def _resolved(config: pytest.Config, words: tuple[str, ...], via: str, speed: str) -> tuple[Via, float]:
    """Found out once per run: pytest-xdist hands the controller's option values on to the workers."""
    if not hasattr(config.option, RESOLVED):
        try:
            chosen = resolve(Via(via)).value, choose_speed(speed, words, os.environ)
        except SpeedError as error:
            raise OptionError(str(error)) from error
        setattr(config.option, RESOLVED, chosen)
    via_value, number = getattr(config.option, RESOLVED)
    return Via(via_value), number


def _known_failing(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        return known_failing.read(path, {case.id for case in all_cases()})
    except known_failing.KnownFailingError as error:
        raise OptionError(str(error)) from error


def _written(base: Path, config: pytest.Config, option: str) -> Path | None:
    """Where to write at the end. What cannot be written there is said before the run, which may be long."""
    path = _inside(base, config.getoption(option))
    if path is not None:
        _check_place(path, option)
    return path


def _check_junit(base: Path, config: pytest.Config) -> None:
    """Of the report that pytest itself writes, to the name with what stands for the home and for variables in it."""
    name = config.getoption("--junitxml", None)  # None without that plug-in, too
    if name is not None:
        _check_place(base / os.path.expandvars(Path(name).expanduser()), "--junitxml")


def _check_place(path: Path, option: str) -> None:
    """Raise OptionError for what cannot be written; the directory is made."""
    is_directory = option == "--report"
    directory = path if is_directory else path.parent
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if is_directory or not path.exists():
            # Nothing less tells of /proc, where the permissions allow it.
            tempfile.TemporaryFile(dir=directory).close()
    except OSError as error:
        raise OptionError(f"{option} {path}: {error.strerror}") from error
    if not is_directory and path.is_dir():
        raise OptionError(f"{option} {path}: a directory; name a file")
    if not os.access(path, os.W_OK) and path.exists():
        raise OptionError(f"{option} {path}: it cannot be written")


def _inside(base: Path, name: str | None) -> Path | None:
    return None if name is None else base / name
