"""docs/API.md is what the routes say."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.stage import Stage
from fakeqq.core.rest.api_page import render
from fakeqq.wire.endpoints import OPERATIONS

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
    assert [name for name, _ in rows] == [operation.name for operation in OPERATIONS]
    assert {rest.count(" | ") for _, rest in rows} == {3}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda row: row.name)
def test_an_operation_is_modelled_where_the_page_says_so(operation):
    reply = Stage().request(operation.method, operation.path.replace("{", "").replace("}", ""), {})
    word = "no" if reply.unmodelled else "yes"
    assert f"| `{operation.name}` | {word} |" in render()
