"""pytest's way into the suite: options, collection, verdicts, the report at the end.

Checks are items of their own kind, so that their ids in every report are the catalogue's; everything else (`-k`,
`-x`, `--lf`, `--collect-only`, node ids, `--junitxml`, `-n`) is pytest's and works as everywhere.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance import options
from conformance.catalogue import ROWS
from conformance.collect import Chapter, CheckItem
from conformance.ending import Ending
from conformance.harness.bench import Bench
from conformance.harness.calibration import QUIET, Machine, calibrate, from_option, to_option
from conformance.harness.platform import Platform
from conformance.harness.shared_server import SharedServer
from conformance.holding import Holder
from conformance.progress import Progress
from conformance.report.results import JUNIT, Exit
from conformance.row import Level
from conformance.run_state import ATTACHED, BENCH, OPTIONS, SHARED, is_worker, worker_count
from conformance.verdict import Verdict
from conformance.workers import dealt, default_workers
from fakeqq.directories import OwnedDirectory

if TYPE_CHECKING:
    from collections.abc import Generator

PROGRESS = "fakeqq-progress"
"""The name of the plug-in that draws our own progress."""

MEASURED = "fakeqq_measured"
"""The option without a flag that holds what the machine was measured as."""

SERVER: pytest.StashKey[SharedServer] = pytest.StashKey()
DIRECTORY: pytest.StashKey[OwnedDirectory] = pytest.StashKey()

CHECKS = Path(__file__).resolve().parent / "checks"

WORDS = {
    Verdict.PASS: ("passed", ".", ("PASS", {"green": True})),
    Verdict.WARN: ("warned", "w", ("WARN", {"yellow": True})),
    Verdict.INFO: ("informed", "i", ("INFO", {"cyan": True})),
    Verdict.FAIL: ("failed", "F", ("FAIL", {"red": True})),
    Verdict.BLOCKED: ("failed", "B", ("BLOCKED", {"red": True})),
    Verdict.SURPRISE: ("failed", "S", ("SURPRISE", {"red": True})),
    Verdict.INCONCLUSIVE: ("skipped", "?", ("INCONCLUSIVE", {"yellow": True})),
    Verdict.SETUP_FAILED: ("error", "E", ("SET-UP FAILED", {"red": True})),
    Verdict.BROKEN: ("error", "E", ("BROKEN", {"red": True})),
    Verdict.KNOWN_FAILING: ("xfailed", "x", ("KNOWN FAILING", {"yellow": True})),
    Verdict.UNSUPPORTED: ("skipped", "s", ("UNSUPPORTED", {"yellow": True})),
    Verdict.NOT_APPLICABLE: ("skipped", "s", ("NOT APPLICABLE", {"yellow": True})),
}
"""How pytest counts each verdict, its letter in the line of progress, and its word with -v."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The suite's options."""
    options.declare(parser)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist's own, which turns the number into workers
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Read the options before anything starts; choose how many checks run side by side."""
    if is_worker(config):
        return None
    _declare_markers(config)
    try:
        config.stash[OPTIONS] = options.read(config)
    except options.OptionError as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return int(Exit.USAGE)
    report = config.stash[OPTIONS].report
    if report is not None and config.option.xmlpath is None:
        config.option.xmlpath = str(report / JUNIT)
    if config.pluginmanager.has_plugin("xdist") and config.option.numprocesses is None:
        config.option.numprocesses = default_workers(config, config.stash[OPTIONS])
        if config.option.numprocesses and config.option.dist == "no":
            config.option.dist = "worksteal"
    return None


def _declare_markers(config: pytest.Config) -> None:
    """What `-m` may name; `--strict-markers` refuses everything else."""
    for level in Level:
        config.addinivalue_line("markers", f"{level.word}: checks of this level")
    for chapter in dict.fromkeys(row.chapter for row in ROWS):
        config.addinivalue_line("markers", f"{chapter}: checks of this chapter")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """`-n auto` counts workers that wait, not cores that compute."""
    return default_workers(config, config.stash[OPTIONS])


def pytest_configure(config: pytest.Config) -> None:
    """What the run needs to know."""
    config.pluginmanager.register(Ending(config), "fakeqq-ending")
    if OPTIONS not in config.stash:
        _declare_markers(config)
        config.stash[OPTIONS] = options.read(config)
    chosen = config.stash[OPTIONS]
    shared = _shared(config)
    config.stash[BENCH] = Bench.of(
        Platform(shared),
        chosen.command,
        shared=shared,
        machine=_machine(config),
        known_failing=chosen.known_failing,
        requirements=chosen.requirements,
        hold=Holder(config) if chosen.hold else None,
    )
    if not is_worker(config):
        from conformance.recorder import Recorder  # noqa: PLC0415 (what it needs to draw is a cost for every worker)

        config.pluginmanager.register(
            Recorder(config, chosen, config.stash[BENCH].machine.calibration), "fakeqq-recorder"
        )


def pytest_sessionstart(session: pytest.Session) -> None:
    """The line of progress, where pytest's own was neither asked for nor refused."""
    config = session.config
    if is_worker(config) or config.option.collectonly or config.stash[OPTIONS].hold:
        return
    if config.option.verbose == 0 and config.pluginmanager.has_plugin("terminalreporter"):
        config.pluginmanager.register(Progress(config), PROGRESS)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Nothing of ours outlives the run."""
    if BENCH in config.stash:
        config.stash[BENCH].platform.close()
    if SERVER in config.stash:
        config.stash[SERVER].close()
    if DIRECTORY in config.stash:
        config.stash[DIRECTORY].cleanup()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """What a worker is told beside the options; the first that is told sets the server off."""
    node.workerinput[SHARED] = node.config.stash[DIRECTORY].name
    if SERVER not in node.config.stash:
        node.config.stash[SERVER] = SharedServer(Path(node.config.stash[DIRECTORY].name))


def _machine(config: pytest.Config) -> Machine:
    """Measured once per run, before anything starts: pytest-xdist hands the controller's numbers on to the workers."""
    if not hasattr(config.option, MEASURED):
        setattr(config.option, MEASURED, to_option(QUIET if config.option.collectonly else calibrate()))
    return Machine.measured_as(from_option(getattr(config.option, MEASURED)))


def _shared(config: pytest.Config) -> Path:
    """The directory of this run: the controller's; a worker on another machine makes its own."""
    told = getattr(config, "workerinput", {}).get(SHARED)
    if told is not None and Path(told).is_dir():
        return Path(told)
    config.stash[DIRECTORY] = OwnedDirectory("grade")
    return Path(config.stash[DIRECTORY].name)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Every module of `checks/` is a chapter."""
    if file_path.parent == CHECKS and file_path.suffix == ".py" and file_path.stem != "__init__":
        chapter: Chapter = Chapter.from_parent(parent, path=file_path)
        return chapter
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker, the order that ends soonest; alone, the order of the files."""
    checks = [item for item in items if isinstance(item, CheckItem)]
    if is_worker(config) and len(checks) == len(items):
        items[:] = dealt(checks, worker_count(config))


def pytest_collection_finish(session: pytest.Session) -> None:
    """A person can look at one case at a time."""
    if OPTIONS in session.config.stash and session.config.stash[OPTIONS].hold and len(session.items) != 1:
        told = f"--hold needs one check, and {len(session.items)} are selected; see --checks"
        pytest.exit(told, returncode=Exit.USAGE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Send the outcome along with the report; what is not the bot's failure becomes an error."""
    report = yield
    if isinstance(item, CheckItem) and item.outcome is not None and call.when == "call":
        report.__dict__[ATTACHED] = item.outcome.to_json()
        if item.outcome.verdict in (Verdict.BROKEN, Verdict.SETUP_FAILED):
            report.when = "setup"
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: pytest.CollectReport | pytest.TestReport, config: pytest.Config) -> object:
    """The suite's verdicts in pytest's line of progress, unless there is one of our own."""
    told = getattr(report, ATTACHED, None)
    if told is None:
        return None
    category, letter, word = WORDS[Verdict(told["verdict"])]
    return (category, "", "") if config.pluginmanager.has_plugin(PROGRESS) else (category, letter, word)
