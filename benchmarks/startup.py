"""How long a person or a test waits: the first 200 on health after a cold start, and `fakeqq --help`."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request


def cold_start(rounds: int) -> list[tuple[float, float]]:
    """Seconds from exec to the first 200 on health, beside the import of what it is built on."""
    return [(_health(), _seconds("-c", "import fastapi, uvicorn")) for _ in range(rounds)]


def help_text(rounds: int) -> list[tuple[float, float]]:
    """Seconds of `fakeqq --help` and of an interpreter that does nothing."""
    return [(_seconds("-m", "fakeqq", "--help"), _seconds("-c", "pass")) for _ in range(rounds)]


def _health() -> float:
    start = time.perf_counter()
    command = [sys.executable, "-m", "fakeqq", "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        with urllib.request.urlopen(f"{ready['control_url']}/health") as answer:
            assert answer.status == 200
        elapsed = time.perf_counter() - start
        process.terminate()
        process.wait(10)
    return elapsed


def _seconds(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start
