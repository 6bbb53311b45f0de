"""Requirement sets: what they hold does not change, and what came later does not count."""

import dataclasses

import pytest

from conformance.catalogue import CATALOGUE, REQUIREMENTS, ROWS
from conformance.outcome import Outcome
from conformance.report import results
from conformance.report.results import grade_of
from conformance.requirements import FOLDER, UnknownRequirementsError, ids_of, is_newer, listed, names
from conformance.verdict import Verdict


def test_every_set_is_a_file_and_the_newest_is_the_usual_one():
    assert names()[-1] == REQUIREMENTS
    assert {row.since for row in ROWS} <= set(names())


@pytest.mark.parametrize("name", names())
def test_a_set_holds_its_rows_and_no_other(name):
    wanted = {row.id for row in ROWS if not is_newer(row, name)}
    remedy = "a row that comes after a published set has a later `since`"
    assert ids_of(name) == wanted, f"{remedy}; while a set is being made: python -m conformance.requirements {name}"
    assert (FOLDER / f"requirements-{name}.txt").read_text(encoding="utf-8") == listed(name)


def test_an_unknown_set_is_told_from_those_that_there_are():
    with pytest.raises(UnknownRequirementsError, match=f"there are: .*{REQUIREMENTS}"):
        ids_of("1999-01")


def outcome(row_id, verdict=Verdict.PASS):
    return Outcome(id=row_id, row_id=row_id, verdict=verdict, connected=True)


def test_newer_rows_are_not_scored(monkeypatch):
    newer = dataclasses.replace(CATALOGUE["send/passive"], since="2031-01")
    rows = {**CATALOGUE, newer.id: newer}
    monkeypatch.setattr("conformance.outcome.CATALOGUE", rows)
    monkeypatch.setattr(results, "ROWS", tuple(rows.values()))
    others = [outcome(row_id) for row_id in CATALOGUE if row_id != newer.id]
    assert grade_of([*others, outcome(newer.id, Verdict.INFO)], "2026-11") == "A"
    assert grade_of(others, "2026-11") == "A"
    assert grade_of(others, "2031-01") is None
    assert grade_of([*others, outcome(newer.id, Verdict.FAIL)], "2031-01") in ("B", "C")


def test_there_is_no_grade_where_the_machine_could_not_tell():
    everything = [outcome(row_id) for row_id in CATALOGUE]
    everything[3].verdict = Verdict.INCONCLUSIVE
    assert grade_of(everything) is None
