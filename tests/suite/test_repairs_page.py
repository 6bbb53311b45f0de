"""docs/REPAIRS.md: each named check exists, and each named bot was seen to fail it."""

import re
from pathlib import Path

from suite_sinners import all_sinners, read_data

from conformance.catalogue import CATALOGUE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "REPAIRS.md").read_text("utf-8")
ROWS = re.findall(r"^\| .+? \| (\w+/[\w-]+) \| (.+) \|$", PAGE, re.MULTILINE)
BOTPY = (ROOT / "tests/interop/known_failing/qq-botpy-1.2.1.txt").read_text("utf-8")


def test_every_row_names_a_check_and_a_bot():
    assert len(ROWS) > 30
    assert {check for check, _ in ROWS} <= set(CATALOGUE)


def test_every_named_bot_fails_the_check():
    sinners, seen = {sinner.name: sinner for sinner in all_sinners()}, read_data()
    for check, told in ROWS:
        for bot in told.split(", "):
            if bot == "qq-botpy 1.2.1":
                assert re.search(rf"^{re.escape(check)}[\[ ]", BOTPY, re.MULTILINE), check
            else:
                sinner = sinners[bot.strip("`").removesuffix(".py")]
                assert (sinner.verb, sinner.check_id) == ("Fails", check), bot
                assert sinner.red in {seen[sinner.name][case_id] for case_id in sinner.own_cases}, (check, bot)
