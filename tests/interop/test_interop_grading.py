"""Released clients are graded: what they fail is known, line by line, and nothing else.

Each client meets every third check here. `FAKEQQ_LONG_TESTS=1` puts all of them to both, and so does
`make leaderboard`.
"""

import json
import os

import pytest
from interop_clients import BOTPY, HERE, NONEBOT, need
from interop_programs import FAKEQQ, Program

from conformance import known_failing
from conformance.catalogue import ROWS
from conformance.registry import all_cases

pytestmark = [pytest.mark.interop, pytest.mark.timeout(600)]

GRADE_TIMEOUT = 400
"""Real seconds for a grade; about 100 for all checks on two idle cores."""

SIDE_BY_SIDE = 6
"""Workers of a grade: fewer than it takes by itself, as other tests are at work on the same cores."""

AGAIN = 2
"""Further runs of the cases of which the machine was too busy to tell; they run almost alone then."""

GRADED = [BOTPY, NONEBOT]

THIRDS = 1 if os.environ.get("FAKEQQ_LONG_TESTS") else 3
"""One of how many checks is run."""


def known(name):
    """The file of what a client fails, and the ids in it."""
    file = HERE / "known_failing" / f"{name}.txt"
    return file, set(known_failing.read(file, {case.id for case in all_cases()}))


def graded(client, file, directory, *options):
    """Run `fakeqq grade`: its exit status, its results, what it printed."""
    results = directory / "results.json"
    ours = ["--known-failing", str(file), "--json", str(results), "-n", str(SIDE_BY_SIDE)]
    words = ["grade", *ours, *options, "--", *client.command()]
    with Program([*FAKEQQ, *words], directory) as program:
        status = program.status(within=GRADE_TIMEOUT)
    checks = json.loads(results.read_text())["checks"] if results.exists() else []
    return status, {check["id"]: check for check in checks}, program.printed


def patterns(row_ids):
    """The option that runs these checks, each with all its cases."""
    return ("--checks", ",".join(f"{row_id}*" for row_id in sorted(row_ids)))


def row_of(case_id):
    return case_id.partition("[")[0]


@pytest.mark.parametrize("client", GRADED, ids=lambda client: client.name)
def test_a_client_fails_what_is_known_and_nothing_else(client, tmp_path):
    need(client)
    file, listed = known(client.name)
    chosen = {"startup/online", *sorted(row.id for row in ROWS)[GRADED.index(client) % THIRDS :: THIRDS]}

    status, checks, printed = graded(client, file, tmp_path, *patterns(chosen))

    verdicts = {name: check["verdict"] for name, check in checks.items()}
    assert status == 0, printed
    for _ in range(AGAIN):
        undecided = {row_of(name) for name, verdict in verdicts.items() if verdict == "inconclusive"}
        if undecided:
            _, checks, _ = graded(client, file, tmp_path, *patterns(undecided))
            verdicts |= {name: check["verdict"] for name, check in checks.items()}
    expected = {case_id for case_id in listed if row_of(case_id) in {row_of(name) for name in verdicts}}
    assert {name for name, verdict in verdicts.items() if verdict == "known-failing"} == expected
    assert {row_of(name) for name in verdicts} >= chosen
    assert verdicts["startup/online"] == "pass"


def test_an_entry_that_passes_turns_the_run_red(tmp_path):
    need(BOTPY)
    stale = tmp_path / "stale.txt"
    stale.write_text("startup/online  # long repaired: https://github.com/tencent-connect/botpy\n")

    status, checks, printed = graded(BOTPY, stale, tmp_path, "-k", "online")

    assert status == 3, printed
    assert checks["startup/online"]["verdict"] == "surprise"


def test_a_failure_that_is_not_listed_turns_the_run_red(tmp_path):
    need(BOTPY)
    nothing = tmp_path / "nothing.txt"
    nothing.write_text("")

    status, checks, printed = graded(BOTPY, nothing, tmp_path, "-k", "gateway-empty-body")

    assert status == 1, printed
    failed = checks["startup/gateway-empty-body"]
    assert failed["verdict"] == "fail"
    assert "GET /gateway/bot" in "".join(failed["wire"])
    assert "TypeError" in "".join(failed["output"])
