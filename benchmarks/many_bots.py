"""2,000 bots: memory per idle, heartbeating connection beside bare uvicorn; events amid op 7 storms, none lost."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

from processes import HERE

BOTS = 2_000
EVENTS = 100  # for each bot
IDLE_SECONDS = 12.0  # about ten heartbeats of every bot


def memory(rounds: int) -> list[tuple[float, float]]:
    """KiB per connection of fakeqq and of the yardstick, in turn."""
    return [(_idle("fakeqq"), _idle("uvicorn")) for _ in range(rounds)]


def storm() -> dict[str, Any]:
    """What became of every event and heartbeat while a tenth of the bots was told to reconnect after each round."""
    with _server("fakeqq", EVENTS) as server, _swarm(server, EVENTS) as swarm:
        _next(server)
        pushed = _read(server)
        counted = _next(swarm)
        swarm.kill()
        _end(server)
    return {**pushed, **counted}


def _idle(kind: str) -> float:
    with _server(kind, 0) as server, _swarm(server, 1) as swarm:
        time.sleep(IDLE_SECONDS)
        used = _next(server)["per_connection_kib"]
        swarm.kill()
        _end(server)
    return float(used)


def _server(kind: str, events: int) -> subprocess.Popen[str]:
    return _start(HERE / "many_bots_server.py", kind, BOTS, events)


def _swarm(server: subprocess.Popen[str], events: int) -> subprocess.Popen[str]:
    """Start the bots and wait until all are online; the server is told in `_next`."""
    ready = _read(server)
    swarm = _start(HERE / "swarm.py", ready["port"], BOTS, events)
    assert swarm.stdin is not None
    swarm.stdin.write("".join(f"{token}\n" for token in ready["tokens"]))
    swarm.stdin.flush()
    assert swarm.stdout is not None
    assert swarm.stdout.readline().strip() == "online"
    assert server.stdin is not None
    return swarm


def _next(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Let a process go on, and read what it says then."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return _read(process)


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.close()


def _read(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def _start(*words: object) -> subprocess.Popen[str]:
    command = [sys.executable, *map(str, words)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
