"""docs/FAULTS.md is what the models say."""

import re
import subprocess
import sys
from pathlib import Path

from fakeqq.core.faults.fault_page import render
from fakeqq.core.faults.verbs import VERBS, verb_name
from fakeqq.core.scenarios import scenario_library
from fakeqq.core.scenarios.actions import ACTIONS, action_name
from fakeqq.core.webhooks.styles import Style
from fakeqq.core.webhooks.tampering import Tamper

PAGE = Path(__file__).parents[2] / "docs" / "FAULTS.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text("utf-8") == render(), "docs/FAULTS.md has drifted from the models: run `make docs`"


def test_the_module_prints_the_page():
    printed = subprocess.run(
        [sys.executable, "-m", "fakeqq.core.faults.fault_page"], capture_output=True, check=True, timeout=30
    )
    assert printed.stdout.decode() == render()


def test_everything_is_on_the_page():
    page = render()
    words = [*map(verb_name, VERBS), *map(action_name, ACTIONS), *(tamper.value for tamper in Tamper), *Style]
    assert [word for word in words if f"| `{word}` |" not in page] == []
    assert re.findall(r"^### (.*)$", page, re.MULTILINE) == scenario_library.names()


def test_tables_are_rectangular():
    """A bar in a cell would shift the columns behind it."""
    for table in re.findall(r"(?:^\|.*\n)+", render(), re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1
