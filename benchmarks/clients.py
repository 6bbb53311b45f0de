"""Events handled by the reference client beside botpy and nonebot-adapter-qq, in turn, each on a server of its own.

Per second of the wall clock, and per second of the bot's CPU time, which other work on the machine does not change.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from processes import HERE, script

sys.path.insert(0, str(HERE.parent / "tests" / "interop"))

from interop_clients import BOTPY, NONEBOT, install

from fakeqq.launch.child import start
from fakeqq.launch.ready import Ready
from fakeqq.launch.via import Via

PYTHONS = {
    "reference client": (Path(sys.executable), "reference_bot.py", Via.ENV),
    "botpy": (BOTPY.home / "bin" / "python", "botpy_bot.py", Via.SHIM),
    "nonebot-adapter-qq": (NONEBOT.home / "bin" / "python", "nonebot_bot.py", Via.SHIM),
}
READ = {"reference client": 30_000, "botpy": 30_000, "nonebot-adapter-qq": 2_000}
ANSWERED = {"reference client": 2_000, "botpy": 1_000, "nonebot-adapter-qq": 100}
"""Events of one run; the slowest gets fewer, so that nobody waits for minutes."""

PATIENCE = 60.0

Figures = dict[str, dict[str, float]]


def compare(rounds: int, *, answers: bool) -> Figures:
    """Medians by client: events per second, events per CPU second, peak memory in MiB."""
    for client in (BOTPY, NONEBOT):
        install(client)
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in PYTHONS}
    for _ in range(rounds):
        for name, taken in runs.items():
            taken.append(_measure(name, answers=answers))
    return {
        name: {key: statistics.median(run[key] for run in taken) for key in taken[0]} for name, taken in runs.items()
    }


def _measure(name: str, *, answers: bool) -> dict[str, float]:
    python, bot, via = PYTHONS[name]
    events, flag = (ANSWERED[name], "1") if answers else (READ[name], "0")
    with tempfile.TemporaryDirectory() as folder, script("clients_server.py", str(events), flag) as ready:
        result = Path(folder) / "result.json"
        environment = {"BENCH_EVENTS": str(events), "BENCH_ANSWERS": flag, "BENCH_RESULT": str(result)}
        child = start(
            [str(python), str(HERE / "bots" / bot)],
            Ready.from_mapping(ready),
            app_id=ready["app_id"],
            secret=ready["secret"],
            via=via,
            extra_environment=environment,
        )
        with child:
            child.wait(PATIENCE)
            if not result.exists():
                raise SystemExit(f"{name} did not handle {events} events:\n{child.stderr_tail()}")
            figures: dict[str, Any] = json.loads(result.read_text())
            return figures
