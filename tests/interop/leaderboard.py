"""Grade the reference client and released clients in one run, and write docs/LEADERBOARD.md: `make leaderboard`."""

import datetime as dt
import os
import subprocess
import sys

from interop_clients import BOTPY, BY_WEBHOOK, HERE, NONEBOT, install

import fakeqq
from conformance import known_failing
from conformance.registry import all_cases
from conformance.report import document
from conformance.report.page import Column, matrix_page, matrix_rows
from conformance.report.summary import SYMBOLS
from conformance.verdict import Verdict

ROOT = HERE.parents[1]
PAGE = ROOT / "docs" / "LEADERBOARD.md"
REPORTS = ROOT / ".cache" / "leaderboard"
REFERENCE = "reference client"

HEAD = """# Leaderboard

The reference client and released clients, graded by `make leaderboard` on {date}
with fakeqq {version} (requirements {requirements}, the bots' clock at ×{speed:g}). Two more bots, of released clients
that take events by webhook, meet the chapter webhook alone.

A grade says how a client meets the requirements of [CHECKS.md](CHECKS.md), not how good it is otherwise. Every failure
was looked at by hand: the reasons below name the line of code or the public report.

✅ pass · ❌ fail · 🔸 fails, looked at · ⚠️ a recommendation not followed · 💡 advice not taken ·
– without that feature · n/a the scenario never meets it
"""


def graded(name, command, known, *options):
    """Run `fakeqq grade` with its own output; the results, however it ended."""
    directory = REPORTS / name.replace(" ", "-")
    words = [sys.executable, "-m", "fakeqq", "grade", "--report", str(directory)]
    if known is not None:
        words += ["--known-failing", str(known)]
    words += [*options, "--", *command] if command else []
    sys.stdout.write(f"== {name}\n")
    sys.stdout.flush()
    status = subprocess.run(words, cwd=ROOT, check=False, env={**os.environ, "CI": "1"}).returncode
    if status not in (0, 1, 3):
        sys.exit(f"{name}: fakeqq grade ended with status {status}; no page is written")
    return document.read(directory / "results.json")


def released():
    """Each released client by WebSocket, then those that listen: label, client, options."""
    for client in (BOTPY, NONEBOT):
        yield client.name, client, ()
    for client in BY_WEBHOOK:
        yield f"{client.name}-webhook", client, ("--adapter-file", str(client.adapter_file), "--chapter", "webhook")


def symbol(cell):
    """A cell of the matrix."""
    if cell is None:
        return ""
    if cell.verdict is Verdict.UNSUPPORTED:
        return "–"
    return SYMBOLS.get(cell.verdict, "n/a")


def table(columns):
    """The matrix as Markdown, chapter by chapter."""
    names = [column.label for column in columns]
    yield f"| check | {' | '.join(names)} |"
    yield f"|---|{'---|' * len(names)}"
    grades = ("" if column.results.grade is None else f"**{column.results.grade}**" for column in columns)
    yield f"| **grade** | {' | '.join(grades)} |"
    for chapter, rows in matrix_rows(columns):
        yield f"| **{chapter}** |{' |' * len(names)}"
        for check_id, cells in rows:
            yield f"| {check_id} | {' | '.join(symbol(cell) for cell in cells)} |"


def reasons(column, known):
    """Every case of a client that does not hold, and why."""
    yield f"\n## {column.label}\n"
    for check in column.results.checks:
        if check.id in known:
            yield f"* {check.id}: {known[check.id]}"
        elif check.verdict in (Verdict.FAIL, Verdict.WARN, Verdict.INFO, Verdict.BLOCKED):
            yield f"* {check.id}: not looked at yet; observed: {check.observed or ' '.join(check.remarks)}"


def main():
    """Grade all, write the page."""
    columns = [Column(REFERENCE, graded(REFERENCE, (), None))]
    entries = {}
    ids = {case.id for case in all_cases()}
    for label, client, options in released():
        install(client)
        file = HERE / "known_failing" / f"{label}.txt"
        entries[label] = known_failing.read(file, ids)
        columns.append(Column(label, graded(label, client.command(), file, *options)))
    first = columns[0].results
    date = dt.datetime.now(dt.UTC).date().isoformat()
    lines = [
        HEAD.format(date=date, version=fakeqq.__version__, requirements=first.requirements, speed=first.speed),
        *table(columns),
    ]
    for column in columns[1:]:
        lines += reasons(column, entries[column.label])
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (REPORTS / "matrix.html").write_text(matrix_page(columns), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE.relative_to(ROOT)} and {(REPORTS / 'matrix.html').relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
