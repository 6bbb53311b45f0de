# ruff: noqa: S311, T201 - dice that fall the same way each time, and a program that prints
"""Bad days without end: `python tests/simulation/storm.py --seed 1 --faults 1000000`.

Prints faults per second and totals. A day that ends badly is shrunk to the few faults that are needed and kept as a
scenario file that `fakeqq serve --scenario` plays, and the program ends with status 1.
"""

import argparse
import random
import re
import sys
import time
from dataclasses import replace
from pathlib import Path

from bad_days import CHAOS_SECONDS, as_toml, draw, draw_pushed
from one_day import live

PARTS = ("faults", "steps", "freezes", "restarts", "neighbours", "speech")
"""Of a day, each a list of which any part may be left out."""

CACHE = Path(__file__).parents[2] / ".cache" / "storm"


def problem_of(day):
    """What goes wrong on a day, or None."""
    try:
        live(day)
    except Exception as problem:  # noqa: BLE001 - a core that raises has failed like one that does wrong
        return f"{type(problem).__name__}: {problem}"
    return None


def shrink(day, kind, runs=400):
    """A day with fewer faults on which the same `kind` of thing still goes wrong."""
    items = [(name, item) for name in PARTS for item in getattr(day, name)]
    width = max(1, len(items) // 2)
    while width and runs:
        start = 0
        while start < len(items) and runs:
            runs -= 1
            fewer = items[:start] + items[start + width :]
            if kind_of(problem_of(_with(day, fewer))) == kind:
                items = fewer
            else:
                start += width
        width //= 2
    return _with(day, items)


def kind_of(problem):
    """A problem without its numbers and names."""
    return None if problem is None else re.sub(r"'[^']*'|[0-9.]+", "", problem)


def _with(day, items):
    return replace(day, **{name: [item for kind, item in items if kind == name] for name in PARTS})


def days(seed):
    """Days of one seed, each with a seed of its own."""
    for number in range(10**9):
        yield day_of(seed * 1_000_003 + number)


def day_of(seed):
    """The day of a seed: one in sixteen has a webhook, every other one of the rest is gentle."""
    dice, number = random.Random(seed), seed % 1_000_003
    return draw_pushed(dice, seed) if number % 16 == 5 else draw(dice, seed, gentle=number % 2 == 0)


class Totals:
    """What a storm came to."""

    def __init__(self):
        self.days = self.faults = self.messages = self.answers = self.reported = self.lost = 0
        self.simulated = self.online = 0.0

    def add(self, result):
        self.days += 1
        self.faults += result.faults
        self.messages += result.messages
        self.answers += result.answers
        self.reported += result.reported
        self.lost += result.lost
        self.simulated += result.seconds
        self.online += result.online


def storm(seed, faults, tell=lambda _: None):
    """Live through days until `faults` have happened; the totals, and the first bad day with its problem if any."""
    totals = Totals()
    for day in days(seed):
        try:
            totals.add(live(day))
        except Exception as problem:  # noqa: BLE001 - as above
            return totals, day, f"{type(problem).__name__}: {problem}"
        tell(totals)
        if totals.faults >= faults:
            break
    return totals, None, None


def main():
    parser = argparse.ArgumentParser(description="Throw seeded faults at platform and client until one of them errs.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=1_000_000)
    parser.add_argument("--day", type=int, help="live through this one day only: the seed that a failure names")
    options = parser.parse_args()
    if options.day is not None:
        day = day_of(options.day)
        return _explain(day, problem) if (problem := problem_of(day)) else 0
    began, worked, told = time.monotonic(), time.process_time(), time.monotonic()

    def tell(totals):
        nonlocal told
        if time.monotonic() - told >= 10.0:
            told = time.monotonic()
            _print(totals, told - began, time.process_time() - worked)

    totals, day, problem = storm(options.seed, options.faults, tell)
    _print(totals, time.monotonic() - began, time.process_time() - worked)
    return _explain(day, problem) if problem else 0


def _print(totals, seconds, cpu):
    print(
        f"{totals.faults} faults in {totals.days} days of {totals.simulated / 86_400:.1f} simulated days, online for "
        f"{totals.online / (totals.days * CHAOS_SECONDS):.0%} of the troubled time: "
        f"{totals.faults / seconds:.0f} faults/s ({totals.faults / cpu:.0f} per CPU second); "
        f"{totals.messages} messages, {totals.answers} answers, "
        f"{totals.reported} losses reported by the sender, {totals.lost} never heard",
        flush=True,
    )


def _explain(day, problem):
    print(f"\nday {day.seed}: {problem}\nshrinking ...", flush=True)
    small = shrink(day, kind_of(problem))
    file = keep(small, CACHE)
    print(f"still: {problem_of(small)}\n\n{as_toml(small)}\nagain: storm.py --day {day.seed}")
    print(f"with any bot: fakeqq serve --scenario {file}")
    return 1


def keep(day, folder):
    """Write a day down where `fakeqq serve --scenario` can be pointed at; the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"day-{day.seed}.toml"
    file.write_text(as_toml(day), encoding="utf-8")
    return file


if __name__ == "__main__":
    sys.exit(main())
