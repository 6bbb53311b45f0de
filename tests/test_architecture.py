"""Who may import whom. The table is the architecture; ARCHITECTURE.md explains it."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("fakeqq", "conformance", "reference_client")
EFFECTS = frozenset({"time", "random", "asyncio", "socket"})

# The files of reference_client that act: everything else there is a core.
CLIENT_SHELL = frozenset({"__main__", "bot", "client", "http", "log", "session_file", "sockets", "workers"})


@dataclass(frozen=True)
class Wall:
    """What one part may import of ours, and what it must not touch."""

    ours: tuple[str, ...]
    forbidden: frozenset[str] = frozenset()
    stdlib_only: bool = False


WALLS = {
    "fakeqq.wire": Wall((), EFFECTS, stdlib_only=True),
    "fakeqq.directories": Wall((), EFFECTS, stdlib_only=True),
    "fakeqq.core": Wall(("fakeqq.wire",), EFFECTS),
    "fakeqq.web": Wall(("fakeqq.wire", "fakeqq.core", "fakeqq.directories")),
    "fakeqq.launch": Wall(("fakeqq.wire", "fakeqq.directories")),
    "reference_client cores": Wall(("fakeqq.wire",), EFFECTS),
    "reference_client": Wall(("fakeqq.wire",)),
    "conformance": Wall(("fakeqq.wire", "fakeqq.launch", "fakeqq.directories")),
    "fakeqq": Wall(OURS),  # the command line reaches everything, when a command runs
}


def part_of(module: str) -> str:
    if module.startswith("reference_client."):
        return "reference_client" if module.split(".")[1] in CLIENT_SHELL else "reference_client cores"
    return next(part for part in WALLS if module == part or module.startswith(f"{part}."))


def modules() -> list[tuple[str, Path]]:
    files = (path for package in OURS for path in sorted((ROOT / package).rglob("*.py")))
    return [(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path) for path in files]


def imports(path: Path, module: str) -> list[tuple[str, bool]]:
    """Every imported name, and whether it is imported when the program runs (not for types alone)."""
    found: list[tuple[str, bool]] = []

    def visit(node: ast.AST, runs: bool) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for child in node.body:
                visit(child, False)
            for child in node.orelse:
                visit(child, runs)
            return
        if isinstance(node, ast.Import):
            found.extend((alias.name, runs) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are written out in full"
            found.extend((f"{node.module}.{alias.name}", runs) for alias in node.names)
        for child in ast.iter_child_nodes(node):
            visit(child, runs)

    visit(ast.parse(path.read_text(encoding="utf-8")), True)
    return found


@pytest.mark.parametrize(("module", "path"), [pytest.param(*item, id=item[0]) for item in modules()])
def test_imports_stay_inside_the_walls(module, path):
    part = part_of(module)
    wall = WALLS[part]
    own = part.split(" ")[0]
    for name, runs in imports(path, module):
        top = name.split(".")[0]
        if top in OURS and name != "fakeqq.__version__":
            allowed = (own, *wall.ours)
            assert any(name == part or name.startswith(f"{part}.") for part in allowed), (
                f"{module} may not import {name}"
            )
        elif runs:
            assert top not in wall.forbidden, f"{module} must take {top} as an argument"
            if wall.stdlib_only:
                assert top in sys.stdlib_module_names, f"{module} holds facts; it needs no {top}"


def test_importing_the_package_loads_nothing_heavy():
    heavy = ("fastapi", "pydantic", "uvicorn", "msgspec")
    code = f"import sys, fakeqq, fakeqq.wire.ops; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.strip() == "[]"


def test_files_stay_small_enough_to_read():
    long = {module: lines for module, path in modules() if (lines := len(path.read_text("utf-8").splitlines())) > 450}
    assert not long
