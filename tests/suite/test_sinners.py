"""Who tests the tester: the reference client passes every check; each sinner fails its own, and no other."""

import re
import sys
from pathlib import Path

import pytest

from conformance.catalogue import CATALOGUE
from conformance.registry import all_cases
from conformance.report.failure import failure_text
from conformance.verdict import Verdict

FOLDER = Path(__file__).parent.parent / "sinners"
OTHERS = {"sinning", "waits_half_a_minute"}
SINNERS = sorted(path for path in FOLDER.glob("*.py") if path.stem not in OTHERS)
CASES = list(all_cases())
MISTAKE = re.compile(r"AttributeError|NameError|ImportError|TypeError: (?!'NoneType')")


def sin_of(path):
    """The check that a sinner's docstring names."""
    return re.match(r'"""Fails (\S+/\S+):', path.read_text(encoding="utf-8")).group(1)


def chapter_of(check_id):
    return [case.id for case in CASES if case.row.chapter == CATALOGUE[check_id].chapter]


def test_every_check_has_a_sinner():
    assert {sin_of(path) for path in SINNERS} == set(CATALOGUE)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "case_id",
    [
        pytest.param(case.id, marks=pytest.mark.runs((sys.executable, "-m", "reference_client"), (case.id,)))
        for case in CASES
    ],
)
def test_the_reference_client_passes(outcomes, case_id):
    outcome = outcomes[case_id]
    assert outcome.verdict is Verdict.PASS, failure_text(outcome, "")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "sinner",
    [
        pytest.param(
            path,
            id=path.stem,
            marks=pytest.mark.runs((sys.executable, str(path)), tuple(chapter_of(sin_of(path)))),
        )
        for path in SINNERS
    ],
)
def test_a_sinner_fails_its_check_and_no_other_of_the_chapter(outcomes, sinner):
    sin = sin_of(sinner)
    red = [outcome for outcome in outcomes.values() if outcome.verdict.is_failure]
    told = "\n\n".join(failure_text(outcome, "") for outcome in red)
    assert {outcome.row_id for outcome in red} == {sin}, told or f"{sinner.stem} passes its whole chapter"
    assert {outcome.verdict for outcome in red} == {Verdict.FAIL}, told
    mistakes = [line for outcome in red for line in outcome.output if MISTAKE.match(line)]
    assert not mistakes, f"the sinner no longer fits the client that it is made of:\n{told}"


@pytest.mark.timeout(300)
@pytest.mark.runs((sys.executable, str(FOLDER / "waits_half_a_minute.py")), ("startup/gateway-rate-limited",))
def test_what_is_only_recommended_warns(outcomes):
    outcome = outcomes["startup/gateway-rate-limited"]
    assert outcome.verdict is Verdict.WARN, failure_text(outcome, "")
    assert all("asked again after 4" in remark for remark in outcome.remarks), outcome.remarks
