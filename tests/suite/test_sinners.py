"""Who tests the tester: the reference client passes every check; each sinner fails its own, and no other.

Every sinner with every check of its chapter would take longer than all other tests together. Here each meets its own
check and another; what the whole matrix came to is written down (`make matrix`), and held against what there is.
"""

import re
from collections import Counter

import pytest
import suite_sinners
from suite_grader import CASES, REFERENCE_CLIENT
from suite_sinners import COMPANIONS, all_sinners, chapter_cases, companions

from conformance.catalogue import CATALOGUE, ROWS
from conformance.report.failure import failure_text
from conformance.verdict import Verdict

SINNERS = all_sinners()
OTHERS = companions(SINNERS)
FINE = (Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.WARN, Verdict.INFO)
MISTAKE = re.compile(r"AttributeError|NameError|ImportError|TypeError: (?!'NoneType')")


def test_every_check_has_a_sinner():
    assert {sinner.check_id for sinner in SINNERS if sinner.verb == "Fails"} == set(CATALOGUE)


def test_every_case_is_met_by_sinners_of_other_checks():
    met = {case_id for case_ids in OTHERS.values() for case_id in case_ids}
    judged = Counter(row.chapter for row in ROWS)
    assert met == {case.id for case in CASES.values() if judged[case.row.chapter] > 1}
    for sinner in SINNERS:
        possible = len(chapter_cases(sinner.chapter)) - len(sinner.own_cases)
        assert len(OTHERS[sinner.name]) >= min(COMPANIONS, possible)
        assert not set(sinner.own_cases) & set(OTHERS[sinner.name])


def _story(sinner, outcomes):
    """What a sinner did while it passed."""
    steps = (f"{step.at:9.2f} {step.text}" for outcome in outcomes for step in outcome.timeline)
    return "\n".join((f"{sinner.name} passes {sinner.check_id}", *steps))


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "case_id", [pytest.param(case_id, marks=pytest.mark.runs(REFERENCE_CLIENT, (case_id,))) for case_id in CASES]
)
def test_the_reference_client_passes(outcomes, case_id):
    outcome = outcomes[case_id]
    assert outcome.verdict is Verdict.PASS, failure_text(outcome, "")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "sinner",
    [
        pytest.param(
            sinner,
            id=sinner.name,
            marks=[
                pytest.mark.runs(sinner.words, sinner.own_cases, until_red=True),
                pytest.mark.runs(sinner.words, tuple(OTHERS[sinner.name])),
            ],
        )
        for sinner in SINNERS
    ],
)
def test_a_sinner_breaks_its_check_and_no_other(outcomes, sinner):
    own = [outcome for outcome in outcomes.values() if outcome.row_id == sinner.check_id]
    told = "\n\n".join(
        failure_text(outcome, "") for outcome in outcomes.values() if outcome.verdict is not Verdict.PASS
    )
    assert sinner.red in {outcome.verdict for outcome in own}, told or _story(sinner, own)
    assert {outcome.verdict for outcome in own} <= {sinner.red, *FINE}, told
    others = {outcome.id: outcome for outcome in outcomes.values() if outcome.row_id != sinner.check_id}
    assert not suite_sinners.reds({case_id: outcome.verdict for case_id, outcome in others.items()}), told
    mistakes = [line for outcome in own for line in outcome.output if MISTAKE.match(line)]
    assert not mistakes, f"the sinner no longer fits the client that it is made of:\n{told}"
