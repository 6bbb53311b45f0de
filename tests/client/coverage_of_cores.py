# ruff: noqa: T201 - a program that prints a table
"""Branch coverage of each core of the reference client by its own tests: `python tests/client/coverage_of_cores.py`.

A core's own tests are `test_client_CORE.py`, and what `FURTHER_TESTS` names. Ends with status 1 when a line or branch
is not reached, or a test fails.
"""

import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

import coverage

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

SHELL = frozenset({"__init__", "__main__", "bot", "client", "log", "session_file", "sockets", "workers"})
"""Modules that act; `tests/test_architecture.py` says the same."""

WORDS_OF = {"outputs": "gateway", "phases": "gateway"}
"""Modules that decide nothing, and the core whose words they are."""

FURTHER_TESTS = {"gateway": ("reconnect", "reports", "memory")}
"""Last words of the names of further modules, where a core's own tests fill more than one."""


def cores() -> list[str]:
    return sorted(path.stem for path in (ROOT / "reference_client").glob("*.py") if path.stem not in SHELL)


def tests_of(core: str) -> list[Path]:
    tested = WORDS_OF.get(core, core)
    names = [tested, *(f"{tested}_{word}" for word in FURTHER_TESTS.get(tested, ()))]
    return [HERE / f"test_client_{name}.py" for name in names]


def measure(core: str, folder: Path) -> tuple[float, str]:
    """Percent of lines and branches that the core's own tests reach, and what they miss."""
    source, data = ROOT / "reference_client" / f"{core}.py", folder / core
    run = [sys.executable, "-m", "coverage", "run", "--branch", f"--include={source}", f"--data-file={data}"]
    pytest = ["-m", "pytest", "-q", "-p", "no:cacheprovider", *map(str, tests_of(core))]
    ended = subprocess.run([*run, *pytest], cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"the tests of {core} fail:\n{ended.stdout[-3000:]}")
    measured = coverage.Coverage(data_file=data, branch=True)
    measured.load()
    table = StringIO()
    percent = measured.report(include=[str(source)], show_missing=True, file=table)
    return percent, table.getvalue().splitlines()[2].partition("%")[2].strip()


def main() -> int:
    worst = 100.0
    with tempfile.TemporaryDirectory() as folder:
        for core in cores():
            percent, missed = measure(core, Path(folder))
            worst = min(worst, percent)
            lacks = f"  not reached: {missed}" if missed else ""
            print(f"{core:<10} {percent:6.2f} %  {' '.join(path.name for path in tests_of(core))}{lacks}", flush=True)
    return 0 if worst == 100.0 else 1


if __name__ == "__main__":
    sys.exit(main())
