"""`make bench`: each figure beside its yardstick, measured in turn in one run, printed as a ratio of medians."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent))

import clients
import dispatch
import many_bots
import message_post
import startup

ROUNDS = 5


def main() -> None:
    console = Console()
    table = Table("what", "fakeqq", "beside", "ratio", "wanted", title=f"medians of {ROUNDS} rounds, measured in turn")
    for name, measure, unit, wanted in (
        ("message post, requests/s", message_post.compare, "a bare FastAPI + pydantic endpoint", "≥ 1.0"),
        ("dispatch, frames/s", dispatch.compare, "uvicorn sending the same frames", "≥ 0.6"),
        ("memory per idle bot, KiB", many_bots.memory, "bare uvicorn WebSocket", "≤ 1.5"),
        ("cold start to health, s", startup.cold_start, "import fastapi, uvicorn", "≤ 1.5"),
        ("fakeqq --help, s", startup.help_text, "python -c pass", "+100 ms"),
    ):
        console.print(f"measuring: {name} ...", style="dim")
        pairs = measure(1 if measure is many_bots.memory else ROUNDS)
        ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
        ratio = statistics.median(a / b for a, b in pairs)
        shown = f"+{(ours - theirs) * 1000:.0f} ms" if wanted.startswith("+") else f"{ratio:.2f}"
        table.add_row(name, f"{ours:,.2f}", f"{theirs:,.2f} ({unit})", shown, wanted)
    console.print(table)
    _print_clients(console)
    storm = many_bots.storm()
    console.print(
        f"{many_bots.BOTS:,} bots, {storm['dispatched']:,} events amid {storm['reconnects']:,} reconnects "
        f"in {storm['seconds']:.1f} s: {storm['received']:,} received, {storm['lost']} lost; "
        f"{storm['beats']:,} heartbeats, {storm['unanswered']} without an ACK on a live connection"
    )
    if storm["lost"] or storm["unanswered"]:
        sys.exit(1)


def _print_clients(console: Console) -> None:
    table = Table("events", "client", "per CPU second", "per second", "peak MiB", title="clients on the same server")
    for words, answers in (("read and dropped", False), ("answered", True)):
        console.print(f"measuring: events {words} ...", style="dim")
        for name, figures in clients.compare(1, answers=answers).items():
            table.add_row(
                words,
                name,
                f"{figures['per_cpu_second']:,.0f}",
                f"{figures['per_second']:,.0f}",
                f"{figures['peak_mib']:.0f}",
            )
    console.print(table)


if __name__ == "__main__":
    main()
