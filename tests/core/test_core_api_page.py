"""docs/API.md is what the routes say."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.stage import Stage
from fakeqq.core.rest.api_page import render
from fakeqq.wire.endpoints import OPERATIONS, STORAGE_OPERATIONS
from fakeqq.wire.errors import ERROR_GROUPS

LISTED = (*OPERATIONS, *STORAGE_OPERATIONS)
PAGE = Path(__file__).parents[2] / "docs" / "API.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text("utf-8") == render(), "docs/API.md has drifted from the routes: run `make docs`"


def test_the_module_prints_the_page():
    printed = subprocess.run(
        [sys.executable, "-m", "fakeqq.core.rest.api_page"], capture_output=True, check=True, timeout=30
    )
    assert printed.stdout.decode() == render()


def test_the_table_has_every_operation_once():
    rows = re.findall(r"^\| `([A-Z]+ [^`]+)` \|(.*)\|$", render(), re.MULTILINE)
    assert [name for name, _ in rows] == [operation.name for operation in LISTED]
    assert {rest.count(" | ") for _, rest in rows} == {3}


@pytest.mark.parametrize("operation", LISTED, ids=lambda row: row.name)
def test_an_operation_is_modelled_where_the_page_says_so(operation):
    reply = Stage().request(operation.method, operation.path.replace("{", "").replace("}", ""), {})
    word = "no" if reply.unmodelled else "yes"
    assert f"| `{operation.name}` | {word} |" in render()


def test_the_page_lists_the_refusals_that_nothing_in_the_core_makes():
    core = PAGE.parents[1] / "fakeqq" / "core"
    sources = (path.read_text("utf-8") for path in core.rglob("*.py") if path.name != "api_page.py")
    made = {word for source in sources for word in re.findall(r'"([a-z0-9_]+)"', source)}
    # The front itself answers a plain GET of the gateway's path so.
    made.add("upgrade_required")
    expected = {row.name for rows in ERROR_GROUPS.values() for row in rows} - made
    listed = re.findall(r"^\| `([a-z0-9_]+)` \|", render(), re.MULTILINE)
    assert sorted(listed) == sorted(expected)
