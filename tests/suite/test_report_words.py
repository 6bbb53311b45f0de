"""`fakeqq compare` and `fakeqq matrix`, on files as `fakeqq grade` writes them."""

import json

import pytest
from click.testing import CliRunner
from suite_results import check, run_of

from conformance.report import document
from conformance.verdict import Verdict
from fakeqq import cli


@pytest.fixture
def runs(tmp_path):
    """A run in which one case fails, and one in which it passes."""
    paths = []
    for name, verdict in (("bad", Verdict.FAIL), ("good", Verdict.PASS)):
        paths.append(str(tmp_path / f"{name}.json"))
        (tmp_path / f"{name}.json").write_bytes(document.encode(run_of(check(verdict=verdict), grade="C")))
    return paths


def fakeqq(*words):
    return CliRunner().invoke(cli.main, words)


def test_what_got_better_is_no_failure(runs):
    bad, good = runs
    told = fakeqq("compare", bad, good)
    assert told.exit_code == 0
    assert "better\n  reconnect/op7-leaves  fail -> pass" in told.stdout
    assert "0 worse, 1 better, 0 the same; grade C -> C" in told.stdout


def test_what_got_worse_turns_ci_red(runs):
    bad, good = runs
    told = fakeqq("compare", good, bad)
    assert told.exit_code == 1
    assert "worse\n  reconnect/op7-leaves  pass -> fail  nothing of the kind within 18 s" in told.stdout


def test_for_programs(runs):
    bad, good = runs
    told = fakeqq("compare", good, bad, "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["worse"][0]["id"] == "reconnect/op7-leaves"


def test_a_run_that_was_broken_off_turns_ci_red(tmp_path):
    more, less = (tmp_path / f"{name}.json" for name in ("more", "less"))
    online, other = check("startup/online", verdict=Verdict.PASS), check(verdict=Verdict.PASS)
    more.write_bytes(document.encode(run_of(online, other)))
    less.write_bytes(document.encode(run_of(online)))
    told = fakeqq("compare", str(more), str(less))
    assert told.exit_code == 1
    assert "worse\n  reconnect/op7-leaves  pass -> not run" in told.stdout


def test_a_selection_is_no_loss_and_is_told(tmp_path):
    more, less = (tmp_path / f"{name}.json" for name in ("more", "less"))
    online = check("startup/online", verdict=Verdict.PASS)
    others = (check(verdict=Verdict.PASS), check("send/passive"))
    more.write_bytes(document.encode(run_of(online, *others)))
    less.write_bytes(document.encode(run_of(online, left_out=[other.id for other in others])))
    told = fakeqq("compare", str(more), str(less))
    assert told.exit_code == 0
    assert "0 worse, 0 better, 1 the same" in told.stdout
    assert "not selected this time: 2 checks of the earlier run, of which 1 held" in told.stdout


def test_a_file_that_holds_no_results_is_refused(runs, tmp_path):
    other = tmp_path / "other.json"
    other.write_text("{}")
    told = fakeqq("compare", runs[0], str(other))
    assert told.exit_code == 2
    assert "not a results file" in told.stderr
    assert "fakeqq grade --json" in told.stderr


def test_runs_without_a_common_case_cannot_be_compared(runs, tmp_path):
    nothing = tmp_path / "nothing.json"
    nothing.write_bytes(document.encode(run_of(grade=None)))
    told = fakeqq("compare", runs[1], str(nothing))
    assert told.exit_code == 2
    assert "no case was run in both runs" in told.stderr
    assert "same selection" in told.stderr


def test_the_matrix_names_its_columns(runs, tmp_path):
    page = tmp_path / "m.html"
    told = fakeqq("matrix", f"before={runs[0]}", runs[1], "-o", str(page))
    assert told.exit_code == 0
    text = page.read_text(encoding="utf-8")
    assert ">before</th>" in text
    assert ">good</th>" in text


def test_a_place_that_cannot_be_written_is_named(runs, tmp_path):
    told = fakeqq("matrix", runs[0], "-o", str(tmp_path / "none" / "m.html"))
    assert told.exit_code == 2
    assert "m.html: No such file" in told.stderr
