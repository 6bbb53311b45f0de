"""Released clients are graded: what they fail is known, line by line, and nothing else."""

import json

import pytest
from interop_clients import BOTPY, HERE, NONEBOT, need
from interop_programs import FAKEQQ, Program

pytestmark = [pytest.mark.interop, pytest.mark.timeout(600)]

GRADE_TIMEOUT = 400
"""Real seconds for a whole grade; about 100 on two idle cores."""

AGAIN = 2
"""Further runs of the cases of which the machine was too busy to tell; they run almost alone then."""

GRADED = [BOTPY, NONEBOT]


def known_failing(client):
    return HERE / "known_failing" / f"{client.name}.txt"


def graded(client, known, directory, *options):
    """Run `fakeqq grade`: its exit status, its results, what it printed."""
    results = directory / "results.json"
    words = ["grade", "--known-failing", str(known), "--json", str(results), *options, "--", *client.command()]
    with Program([*FAKEQQ, *words], directory) as program:
        status = program.status(within=GRADE_TIMEOUT)
    checks = json.loads(results.read_text())["checks"] if results.exists() else []
    return status, {check["id"]: check for check in checks}, program.printed


@pytest.mark.parametrize("client", GRADED, ids=lambda client: client.name)
def test_a_client_fails_what_is_known_and_nothing_else(client, tmp_path):
    need(client)
    file = known_failing(client)
    listed = {line.partition("#")[0].strip() for line in file.read_text().splitlines()} - {""}

    status, checks, printed = graded(client, file, tmp_path)

    verdicts = {name: check["verdict"] for name, check in checks.items()}
    assert status == 0, printed
    for _ in range(AGAIN):
        undecided = {name.partition("[")[0] for name, verdict in verdicts.items() if verdict == "inconclusive"}
        if undecided:
            patterns = ",".join(f"{name}*" for name in sorted(undecided))
            _, checks, _ = graded(client, file, tmp_path, "--checks", patterns)
            verdicts |= {name: check["verdict"] for name, check in checks.items()}
    assert {name for name, verdict in verdicts.items() if verdict == "known-failing"} == listed
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
