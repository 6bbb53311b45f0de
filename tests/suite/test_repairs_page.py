"""docs/REPAIRS.md: each named check exists, and each named bot is one that fails it."""

import re
from pathlib import Path

from conformance.catalogue import CATALOGUE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "REPAIRS.md").read_text("utf-8")
ROWS = re.findall(r"^\| .+? \| (\w+/[\w-]+) \| (.+) \|$", PAGE, re.MULTILINE)
BOTPY = (ROOT / "tests/interop/known_failing/qq-botpy-1.2.1.txt").read_text("utf-8")


def test_every_row_names_a_check_and_a_bot():
    assert len(ROWS) > 30
    assert {check for check, _ in ROWS} <= set(CATALOGUE)


def test_every_named_bot_fails_the_check():
    for check, told in ROWS:
        for bot in told.split(", "):
            if bot == "qq-botpy 1.2.1":
                assert re.search(rf"^{re.escape(check)}[\[ ]", BOTPY, re.MULTILINE), check
            else:
                source = (ROOT / "tests" / "sinners" / bot.strip("`")).read_text("utf-8")
                assert source.startswith(f'"""Fails {check}:'), (check, bot)
