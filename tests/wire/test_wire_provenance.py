"""docs/PROVENANCE.md is what the tables say."""

import re
import subprocess
import sys
from pathlib import Path

from fakeqq.wire.close_codes import CLOSE_CODES
from fakeqq.wire.endpoints import OPERATIONS
from fakeqq.wire.errors import ERRORS
from fakeqq.wire.intents import INTENT_ROWS
from fakeqq.wire.limits import LIMITS
from fakeqq.wire.provenance import render
from fakeqq.wire.switches import CONTESTED

PAGE = Path(__file__).parents[2] / "docs" / "PROVENANCE.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text("utf-8") == render(), "docs/PROVENANCE.md has drifted from the tables: run `make docs`"


def test_the_module_prints_the_page():
    printed = subprocess.run(
        [sys.executable, "-m", "fakeqq.wire.provenance"], capture_output=True, check=True, timeout=30
    )
    assert printed.stdout.decode() == render()


def test_every_row_is_on_the_page():
    page = render()
    for row in (*CLOSE_CODES.values(), *INTENT_ROWS, *LIMITS, *CONTESTED, *ERRORS):
        assert f"| {row.name} |" in page
    for operation in OPERATIONS:
        assert f"| {operation.method} | `{operation.path}` |" in page


def test_tables_are_rectangular():
    """A bar in a cell would shift the columns behind it."""
    for table in re.findall(r"(?:^\|.*\n)+", render(), re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1


def test_every_reference_has_one_address():
    page = render()
    defined = re.findall(r"^\[([^\]]+)\]: ", page, re.MULTILINE)
    used = set(re.findall(r"(?<!\^)\[([^\]]+)\](?!:)", page))
    assert len(defined) == len(set(defined))
    assert set(defined) <= used
