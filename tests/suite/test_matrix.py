"""What is written of the matrix is about the sinners and the checks that there are, and says what it should."""

import suite_sinners
from suite_page import page
from suite_sinners import PAGE, all_sinners, chapter_cases, read_data, reds

from conformance.row import Level

AGAIN = "run `make matrix` (python tests/suite/matrix.py --missing runs what is new)"


def test_the_matrix_has_exactly_the_sinners_and_their_checks():
    expected = {sinner.name: set(chapter_cases(sinner.chapter)) for sinner in all_sinners()}
    assert {name: set(verdicts) for name, verdicts in read_data().items()} == expected, AGAIN


def test_each_sinner_is_red_in_its_own_check_and_nowhere_else():
    seen = read_data()
    for sinner in all_sinners():
        own = {seen[sinner.name][case_id] for case_id in sinner.own_cases}
        assert sinner.red in own, f"{sinner.name} passes {sinner.check_id}; {AGAIN}"
        others = set(reds(seen[sinner.name])) - set(sinner.own_cases)
        assert not others, f"{sinner.name} is red in {others}; {AGAIN}"


def test_the_page_is_printed_from_it():
    assert PAGE.read_text(encoding="utf-8") == page(read_data()), AGAIN


def test_red_goes_by_the_level():
    by_level = {case.row.level: case_id for case_id, case in suite_sinners.CASES.items()}
    must = by_level[Level.MUST]
    assert reds({must: "fail"}) == reds({must: "blocked"}) == [must]
    assert not reds({must: "warn"})
    assert not reds({must: "not applicable"})
