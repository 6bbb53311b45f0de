"""Verdicts, the grade, and the exit status that follow from them."""

import pytest

from conformance.catalogue import CATALOGUE
from conformance.outcome import Outcome
from conformance.report.results import Exit, counts, exit_status, grade_of
from conformance.row import Level
from conformance.verdict import Blocked, Broken, Graded, NotApplicable, SetupFailed, Unmet, Verdict, grade, weigh

M, S, A = Level.MUST, Level.SHOULD, Level.ADVICE


def musts(passed, failed):
    return [Graded(f"m/{n}", M, Verdict.PASS if n < passed else Verdict.FAIL) for n in range(passed + failed)]


def shoulds(passed, warned):
    return [Graded(f"s/{n}", S, Verdict.PASS if n < passed else Verdict.WARN) for n in range(passed + warned)]


@pytest.mark.parametrize(
    ("cases", "letter"),
    [
        (musts(10, 0) + shoulds(9, 1), "A"),
        (musts(10, 0) + shoulds(8, 2), "B"),
        (musts(9, 1) + shoulds(10, 0), "C"),
        (musts(8, 2), "D"),
        (musts(7, 3), "F"),
        (musts(10, 0), "A"),
        ([], "F"),
    ],
)
def test_the_letters(cases, letter):
    assert grade(cases) == letter


@pytest.mark.parametrize(
    "verdict",
    [Verdict.FAIL, Verdict.BLOCKED, Verdict.SETUP_FAILED, Verdict.BROKEN, Verdict.KNOWN_FAILING],
)
def test_what_counts_as_failed_in_the_grade(verdict):
    assert grade([*musts(9, 0), Graded("m/x", M, verdict)]) == "C"


def test_a_bot_that_is_never_online_has_an_f():
    assert grade([*musts(50, 0), Graded("startup/online", M, Verdict.FAIL)]) == "F"


def test_a_row_fails_with_one_of_its_variants():
    cases = [*musts(9, 0), Graded("m/x", M, Verdict.PASS), Graded("m/x", M, Verdict.FAIL)]
    assert grade(cases) == "C"


def test_a_remark_on_a_must_does_not_cost_the_grade():
    assert grade([*musts(3, 0), Graded("m/x", M, Verdict.WARN)]) == "A"


@pytest.mark.parametrize("verdict", [Verdict.UNSUPPORTED, Verdict.NOT_APPLICABLE])
def test_what_the_grade_leaves_out(verdict):
    assert grade([*musts(3, 0), Graded("m/x", M, verdict)]) == "A"


def test_advice_is_not_scored():
    assert grade([*musts(3, 0), Graded("a/x", A, Verdict.INFO)]) == "A"


@pytest.mark.parametrize(
    ("finding", "level", "verdict"),
    [
        (Unmet("x"), M, Verdict.FAIL),
        (Unmet("x"), S, Verdict.WARN),
        (Unmet("x"), A, Verdict.INFO),
        (Blocked("x"), A, Verdict.BLOCKED),
        (NotApplicable("x"), M, Verdict.NOT_APPLICABLE),
        (SetupFailed("x"), S, Verdict.SETUP_FAILED),
        (Broken("x"), S, Verdict.BROKEN),
    ],
)
def test_the_level_weighs_what_the_bot_did(finding, level, verdict):
    assert weigh(finding, level) is verdict


def outcome(verdict, *, connected=True, row_id="send/passive"):
    return Outcome(id=row_id, row_id=row_id, verdict=verdict, connected=connected)


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ([], Exit.USAGE),
        ([Verdict.PASS, Verdict.WARN, Verdict.INFO], Exit.AS_EXPECTED),
        ([Verdict.PASS, Verdict.KNOWN_FAILING, Verdict.NOT_APPLICABLE], Exit.AS_EXPECTED),
        ([Verdict.PASS, Verdict.FAIL], Exit.UNEXPECTED_FAILURE),
        ([Verdict.PASS, Verdict.BLOCKED], Exit.UNEXPECTED_FAILURE),
        ([Verdict.PASS, Verdict.SURPRISE], Exit.STALE_KNOWN_FAILURE),
        ([Verdict.FAIL, Verdict.SURPRISE], Exit.UNEXPECTED_FAILURE),
        ([Verdict.FAIL, Verdict.BROKEN], Exit.OUR_FAULT),
        ([Verdict.UNSUPPORTED, Verdict.NOT_APPLICABLE], Exit.USAGE),
        ([Verdict.INCONCLUSIVE], Exit.USAGE),
    ],
)
def test_the_exit_status(verdicts, status):
    assert exit_status([outcome(verdict) for verdict in verdicts]) is status


def test_an_adapter_that_never_connected_has_a_status_of_its_own():
    assert exit_status([outcome(Verdict.BLOCKED, connected=False)] * 2) is Exit.ADAPTER_NEVER_CONNECTED
    mixed = [outcome(Verdict.BLOCKED, connected=False), outcome(Verdict.BLOCKED)]
    assert exit_status(mixed) is Exit.UNEXPECTED_FAILURE


def test_there_is_no_grade_without_the_whole_catalogue():
    everything = [outcome(Verdict.PASS, row_id=row_id) for row_id in CATALOGUE]
    assert grade_of(everything) == "A"
    assert grade_of(everything[1:]) is None


def test_counts_name_what_occurred():
    assert counts([outcome(Verdict.FAIL), outcome(Verdict.PASS), outcome(Verdict.PASS)]) == {"pass": 2, "fail": 1}


def test_an_outcome_travels_as_json():
    sent = outcome(Verdict.KNOWN_FAILING)
    sent.remarks = ["slow"]
    assert Outcome.from_json(sent.to_json()) == sent
