"""A case that was run several times, and what a run says of its own measurement."""

from conformance.harness.calibration import QUIET, Calibration
from conformance.outcome import Outcome
from conformance.report.repeats import closing, worst_of
from conformance.verdict import Verdict


def outcome(verdict, seconds=1.0):
    return Outcome(id="send/passive", row_id="send/passive", verdict=verdict, seconds=seconds, connected=True)


def test_runs_that_agree_are_one():
    first = outcome(Verdict.PASS)
    assert worst_of([first, outcome(Verdict.PASS)]) == first
    assert not first.remarks


def test_runs_that_differ_are_flaky_and_the_worst_stands():
    stands = worst_of([outcome(Verdict.PASS), outcome(Verdict.FAIL, 7.0), outcome(Verdict.PASS)])
    assert (stands.verdict, stands.seconds) == (Verdict.FAIL, 7.0)
    assert stands.remarks == ["flaky: 2 pass, 1 fail in 3 runs"]


def test_every_verdict_has_its_place():
    for verdict in Verdict:
        assert worst_of([outcome(verdict), outcome(Verdict.PASS)]).verdict is verdict


def test_the_machine_is_mentioned_when_it_matters():
    assert not list(closing([outcome(Verdict.PASS)], QUIET))
    (line,) = closing([outcome(Verdict.PASS)], Calibration(start=0.2, lateness=0.0))
    assert line.startswith("machine: an empty program starts in 200 ms")
    machine, advice = closing([outcome(Verdict.INCONCLUSIVE)], QUIET)
    assert machine.startswith("machine: ")
    assert advice == "inconclusive: send/passive; this machine was too busy to tell, run again when it is idle"
