"""docs/LEADERBOARD.md speaks of the present checks."""

import re
from pathlib import Path

from conformance.registry import all_cases

PAGE = Path(__file__).parents[2] / "docs" / "LEADERBOARD.md"


def test_every_case_is_on_the_page_and_no_other():
    rows = re.findall(r"^\| (\w+/\S+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(case.id for case in all_cases()), "run `make leaderboard`"


def test_every_failure_was_looked_at():
    assert "not looked at yet" not in PAGE.read_text("utf-8")
