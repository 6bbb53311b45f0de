"""The kinds of journal entries: those that are written, those that are documented, and those one may ask for."""

import ast
import re
from pathlib import Path

from fakeqq.wire.journal_kinds import KINDS

ROOT = Path(__file__).parents[2]
# Methods that write an entry, and where the kind stands among their arguments.
WRITERS = {"append", "add", "note", "_note"}
KIND = re.compile(r"(http|ws|user|webhook|replay)\.[a-z]+|fault|control|scenario")


def written():
    for path in (ROOT / "fakeqq").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITERS:
                kinds = [part.value for part in node.args[1:2] if isinstance(part, ast.Constant)]
                yield from (kind for kind in kinds if isinstance(kind, str) and KIND.fullmatch(kind))


def test_every_kind_that_is_written_is_known():
    assert "http.request" in set(written()) <= set(KINDS)


def test_every_kind_is_documented_and_no_other():
    page = (ROOT / "docs" / "control-api.md").read_text("utf-8")
    table = page.partition("| kind | fields |")[2].partition("\n\n")[0]
    documented = [name for line in table.splitlines()[2:] for name in re.findall(r"`([^`]+)`", line.split("|")[1])]
    assert set(documented) == set(KINDS)
