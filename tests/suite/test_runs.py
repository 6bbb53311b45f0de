"""Whole runs of pytest, as a person or a CI job starts them: exit status, node ids, files, strangers' repositories."""

import json
import os
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET  # the file is our own
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conformance.catalogue import REQUIREMENTS
from conformance.known_failing import read as read_known
from conformance.registry import all_cases
from conformance.report.again import PACKAGE
from conformance.report.results import Exit
from conformance.row import Level

SINNERS = Path(__file__).parent.parent / "sinners"
IDS = [case.id for case in all_cases()]

STRANGERS_SETTINGS = """
[pytest]
addopts = --no-such-option-anywhere
markers =
filterwarnings = error
"""

OUR_FAULT = """
from fakeqq.launch import server
from fakeqq.launch.errors import LaunchError

def start(self):
    raise LaunchError("no room for a server")

server.ServerProcess.start = start
"""


def sinner(name):
    return ["--adapter", shlex.join([sys.executable, str(SINNERS / f"{name}.py")])]


RUNS = {
    "collect": ["--collect-only", "-q"],
    "collect one": ["--collect-only", "-q", "-k", "close-codes and not 4009"],
    "collect must": ["--collect-only", "-q", "--level", "M", "-m", "send"],
    "pass": ["-k", "send/passive", "--results", "out/results.json", "--junitxml", "junit.xml", "-v"],
    "fail": [
        *sinner("forgets_msg_id"),
        "-m",
        "send",
        "-k",
        "passive or msg-id-expired",
        "-n",
        "2",
        "--results",
        "results.json",
        "--junitxml",
        "junit.xml",
    ],
    "exit first": [
        *sinner("forgets_msg_id"),
        "-m",
        "send",
        "-k",
        "passive or msg-seq",
        "-x",
        "-n",
        "0",
        "-o",
        "cache_dir=cache",
        "--results",
        "results.json",
    ],
    "last failed": ["-m", "send", "--lf", "-o", "cache_dir=cache"],
    "known": [*sinner("forgets_msg_id"), "-k", "send/passive", "--known-failing", "known.txt"],
    "stale": ["-k", "send/passive", "--known-failing", "known.txt"],
    "declared": ["--checks", "send/passive", "--results", "results.json"],
    "wrong file": ["--adapter-file", "wrong.toml"],
    "wrong feature": ["--features", "group,telepathy"],
    "wrong pattern": ["--checks", "send/pasive"],
    "wrong expression": ["-k", "(("],
    "wrong marks": ["-m", "not", "--strict-markers"],
    "wrong set": ["--requirements", "1999-01"],
    "hold two": ["--hold", "--chapter", "send"],
    "hold": [*sinner("forgets_msg_id"), "--hold", "--checks", "send/passive"],
    "write": [
        *sinner("forgets_msg_id"),
        "--checks",
        "send/passive,startup/online",
        "--known-failing",
        "other.txt",
        "--write-known-failing",
        "out/written.txt",
    ],
    "repeat": ["--checks", "send/passive", "--repeat", "2", "--results", "results.json"],
    "no such known": ["--known-failing", "wrong.txt"],
    "no such file": ["--known-failing", "absent.txt"],
    "junit nowhere": ["--junitxml", "pytest.ini/deeper/junit.xml"],
    "bad speed": ["--speed", "fast"],
    "nothing": ["-k", "no-such-check"],
    "never connected": ["--adapter", "true", "-k", "startup/online"],
    "never started": ["--adapter", "./no-such-adapter", "-m", "send"],
    "our fault": ["-p", "our_fault", "-k", "startup/online"],
    "node id": [f"{PACKAGE}/checks/send.py::send/msg-id-expired[40034031]", "-v"],
    "static": ["--adapter", "./static", "--speed", "4", "-k", "startup/online"],
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Every run, each in a directory of its own with a stranger's pytest.ini; begun together, asked for by name."""

    def start(name):
        directory = tmp_path_factory.mktemp(name.replace(" ", "-"))
        (directory / "pytest.ini").write_text(STRANGERS_SETTINGS)
        (directory / "our_fault.py").write_text(OUR_FAULT)
        (directory / "static").write_bytes(b"\x7fELF" + b"\0" * 100)
        (directory / "static").chmod(0o755)
        (directory / "known.txt").write_text("send/passive # proactive https://github.com/HKUDS/nanobot/pull/1307\n")
        (directory / "other.txt").write_text(
            "startup/online # ours https://example.com/1\nsend/msg-seq # ours https://example.com/2\n"
        )
        (directory / "wrong.toml").write_text("feature = []\n")
        if name == "declared":
            command = json.dumps(shlex.join([sys.executable, str(SINNERS / "forgets_msg_id.py")]))
            (directory / "adapter.toml").write_text(
                f'command = {command}\nfeatures = ["group"]\nknown-failing = "known.txt"\n'
            )
        (directory / "wrong.txt").write_text("send/pasive # typing error https://github.com/HKUDS/nanobot/pull/1307\n")
        if name == "last failed":
            cache = directory / "cache" / "v" / "cache"
            cache.mkdir(parents=True)
            (cache / "lastfailed").write_text(json.dumps({"checks/send.py::send/passive": True}))
        words = RUNS[name]
        target = [] if "::" in words[0] else [str(PACKAGE)]
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV"))}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *target, "--via", "env", *words],
            cwd=directory,
            env={**environment, "PYTHONPATH": str(directory), "COLUMNS": "160"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        return done, directory

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        # A worker of pytest-xdist gets some of the tests; the others' runs are not its business.
        begun = {} if "PYTEST_XDIST_WORKER" in os.environ else {name: pool.submit(start, name) for name in RUNS}
        yield lambda name: begun[name].result() if name in begun else start(name)


pytestmark = pytest.mark.timeout(240)


def test_collect_only_shows_the_stable_ids(runs):
    done, _ = runs("collect")
    shown = [line.partition("::")[2] for line in done.stdout.splitlines() if "::" in line]
    assert sorted(shown) == sorted(IDS)
    assert done.returncode == Exit.AS_EXPECTED
    assert not done.stderr


def test_k_selects_by_id(runs):
    done, _ = runs("collect one")
    shown = {line.partition("::")[2] for line in done.stdout.splitlines() if "::" in line}
    assert shown == {case_id for case_id in IDS if "close-codes" in case_id and "4009" not in case_id}


def test_m_selects_a_chapter(runs):
    done, _ = runs("collect must")
    shown = {line.partition("::")[2] for line in done.stdout.splitlines() if "::" in line}
    assert shown == {case.id for case in all_cases() if case.row.chapter == "send" and case.row.level is Level.MUST}


def test_an_adapters_file_is_followed(runs):
    done, directory = runs("declared")
    assert done.returncode == Exit.AS_EXPECTED, done.stdout + done.stderr
    results = json.loads((directory / "results.json").read_text(encoding="utf-8"))
    assert results["adapter"] == [sys.executable, str(SINNERS / "forgets_msg_id.py")]
    assert results["counts"] == {"known-failing": 1}


def test_known_failures_are_written_and_hold(runs):
    done, directory = runs("write")
    assert done.returncode == Exit.UNEXPECTED_FAILURE, done.stdout + done.stderr
    entries = read_known(directory / "out" / "written.txt", IDS)
    assert sorted(entries) == ["send/msg-seq", "send/passive"]
    assert entries["send/msg-seq"] == "ours https://example.com/2"
    assert "msg_id" in entries["send/passive"]


def test_a_repeated_case_is_one_result_and_two_items(runs):
    done, directory = runs("repeat")
    assert done.returncode == Exit.AS_EXPECTED, done.stdout + done.stderr
    assert "2 passed" in done.stdout
    results = json.loads((directory / "results.json").read_text(encoding="utf-8"))
    assert (results["counts"], results["requirements"]) == ({"pass": 1}, REQUIREMENTS)


def test_progress_has_a_line_for_each_check_where_nobody_watches(runs):
    done, _ = runs("repeat")
    assert "[1/2] pass  send/passive" in done.stdout
    assert "[2/2] pass  send/passive" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_held_case_tells_where_everything_is(runs):
    done, _ = runs("hold")
    assert done.returncode == Exit.UNEXPECTED_FAILURE, done.stdout + done.stderr
    held = done.stderr.partition("held: ")[2].splitlines()
    assert held[0].startswith("send/passive: fail: ")
    assert any(line.strip().startswith("journal      fakeqq journal --follow --url http://127.0.0.1:") for line in held)
    assert any("the bot      process " in line and "ended" not in line for line in held)


def test_a_run_as_expected(runs):
    done, directory = runs("pass")
    assert done.returncode == Exit.AS_EXPECTED, done.stdout + done.stderr
    assert "send/passive PASS" in done.stdout
    results = json.loads((directory / "out" / "results.json").read_text(encoding="utf-8"))
    assert (results["exit"], results["counts"], results["grade"]) == (0, {"pass": 1}, None)
    (case,) = ET.parse(directory / "junit.xml").getroot().iter("testcase")  # noqa: S314 (our own file)
    assert (case.get("classname"), case.get("name")) == ("checks.send", "send/passive")
    assert {prop.get("name"): prop.get("value") for prop in case.iter("property")} == {"verdict": "pass", "level": "M"}


@pytest.mark.parametrize(
    ("name", "selected"),
    [("repeat", {"send/passive"}), ("exit first", {"send/passive", "send/msg-seq", "send/msg-seq-taken"})],
    ids=["in workers", "broken off"],
)
def test_results_tell_what_was_not_selected(runs, name, selected):
    _, directory = runs(name)
    results = json.loads((directory / "results.json").read_text(encoding="utf-8"))
    assert set(results["left_out"]) == set(IDS) - selected
    assert {check["id"] for check in results["checks"]} == {"send/passive"}


def test_an_unexpected_failure(runs):
    done, directory = runs("fail")
    assert done.returncode == Exit.UNEXPECTED_FAILURE, done.stdout + done.stderr
    for words in (
        "FAIL  send/passive  (must)  passive reply",
        "run again    pytest",
        "user sees",
        "https://github.com/HKUDS/nanobot/pull/1307",
        "2 not applicable",
    ):
        assert words in done.stdout
    assert "Traceback" not in done.stdout
    results = json.loads((directory / "results.json").read_text(encoding="utf-8"))
    assert [check["verdict"] for check in results["checks"]] == ["fail", "not applicable", "not applicable"]
    assert results["checks"][0]["wire"]
    suite = next(ET.parse(directory / "junit.xml").getroot().iter("testsuite"))  # noqa: S314 (our own file)
    assert (suite.get("failures"), suite.get("errors"), suite.get("skipped")) == ("1", "0", "2")


def test_a_known_failure_is_as_expected(runs):
    done, _ = runs("known")
    assert done.returncode == Exit.AS_EXPECTED, done.stdout + done.stderr
    assert "1 known-failing" in done.stdout


def test_a_stale_entry_fails_the_run(runs):
    done, _ = runs("stale")
    assert done.returncode == Exit.STALE_KNOWN_FAILURE, done.stdout + done.stderr
    assert "it passes; take the line out of the file" in done.stdout


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no such known", "did you mean send/passive"),
        ("no such file", "absent.txt"),
        ("junit nowhere", "--junitxml "),
        ("bad speed", "auto or a number"),
        ("static", "linked statically"),
        ("wrong file", "did you mean features?"),
        ("wrong feature", "no feature is called 'telepathy'"),
        ("wrong pattern", "did you mean send/passive"),
        ("wrong expression", "Wrong expression passed to '-k': ((: "),
        ("wrong marks", "Wrong expression passed to '-m': not: "),
        ("wrong set", "no requirement set is called '1999-01'"),
    ],
)
def test_wrong_usage(runs, name, words):
    done, _ = runs(name)
    assert done.returncode == Exit.USAGE, done.stdout + done.stderr
    assert done.stderr.startswith("ERROR: ")
    assert words in done.stderr


def test_only_one_case_can_be_held(runs):
    done, _ = runs("hold two")
    assert done.returncode == Exit.USAGE, done.stdout + done.stderr
    assert "--hold needs one check" in done.stdout + done.stderr


def test_a_run_that_executed_nothing_is_no_success(runs):
    done, _ = runs("nothing")
    assert done.returncode == Exit.USAGE, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["never connected", "never started"])
def test_an_adapter_that_was_never_there(runs, name):
    done, _ = runs(name)
    assert done.returncode == Exit.ADAPTER_NEVER_CONNECTED, done.stdout + done.stderr


def test_our_own_fault(runs):
    done, _ = runs("our fault")
    assert done.returncode == Exit.OUR_FAULT, done.stdout + done.stderr
    assert "no room for a server" in done.stdout
    assert "1 error" in done.stdout


def test_x_ends_the_run_at_the_first_failure(runs):
    done, _ = runs("exit first")
    assert done.returncode == Exit.UNEXPECTED_FAILURE, done.stdout + done.stderr
    assert "stopping after 1 failures" in done.stdout
    assert "send/msg-seq" not in done.stdout


def test_lf_runs_what_failed_last(runs):
    done, _ = runs("last failed")
    assert done.returncode == Exit.AS_EXPECTED, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert "send/passive" in done.stdout


def test_a_node_id_runs_one_case(runs):
    done, _ = runs("node id")
    assert done.returncode == Exit.AS_EXPECTED, done.stdout + done.stderr
    assert "send/msg-id-expired[40034031] PASS" in done.stdout
    assert "1 passed" in done.stdout
