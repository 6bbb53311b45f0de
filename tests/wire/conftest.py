"""The golden files, for the tests of the facts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture
def golden() -> Callable[[str], dict[str, Any]]:
    """Loads a golden file by name, without suffix."""
    return lambda name: json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
