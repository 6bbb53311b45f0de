"""Servers under measurement, each in a process of its own."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent


@contextlib.contextmanager
def running(*command: str) -> Iterator[dict[str, Any]]:
    """Start a server that prints one line of JSON when it listens; stop it at the end."""
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(10)


def fakeqq() -> contextlib.AbstractContextManager[dict[str, Any]]:
    return running("-m", "fakeqq", "serve", "--port", "0", "--json")


def script(name: str, *arguments: str) -> contextlib.AbstractContextManager[dict[str, Any]]:
    return running(str(HERE / name), *arguments)
