"""The results as data: one JSON file, and the exit status."""

from __future__ import annotations

import json
from collections import Counter
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from conformance.catalogue import CATALOGUE, REQUIREMENTS
from conformance.verdict import Verdict, grade

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from conformance.options import Options
    from conformance.outcome import Outcome

FORMAT = 1
"""Grows when a reader of the file would have to change."""


class Exit(IntEnum):
    """What the run's exit status says."""

    AS_EXPECTED = 0
    UNEXPECTED_FAILURE = 1
    USAGE = 2
    STALE_KNOWN_FAILURE = 3
    ADAPTER_NEVER_CONNECTED = 4
    OUR_FAULT = 5


def exit_status(outcomes: Collection[Outcome]) -> Exit:
    """The status for these outcomes; a run that executed nothing is our user's mistake, and not a success."""
    verdicts = {outcome.verdict for outcome in outcomes}
    if not outcomes:
        return Exit.USAGE
    if Verdict.BROKEN in verdicts:
        return Exit.OUR_FAULT
    if not any(outcome.connected for outcome in outcomes):
        return Exit.ADAPTER_NEVER_CONNECTED
    if any(verdict.is_failure and verdict is not Verdict.SURPRISE for verdict in verdicts):
        return Exit.UNEXPECTED_FAILURE
    if Verdict.SURPRISE in verdicts:
        return Exit.STALE_KNOWN_FAILURE
    return Exit.AS_EXPECTED


def grade_of(outcomes: Collection[Outcome]) -> str | None:
    """The letter; None for a run that left rows of the catalogue out."""
    if {outcome.row_id for outcome in outcomes} != set(CATALOGUE):
        return None
    return grade(outcome.graded for outcome in outcomes)


def counts(outcomes: Collection[Outcome]) -> dict[str, int]:
    """How many cases ended with each verdict; those that none ended with are left out."""
    found = Counter(outcome.verdict for outcome in outcomes)
    return {verdict.value: found[verdict] for verdict in Verdict if found[verdict]}


def as_json(options: Options, outcomes: Sequence[Outcome], seconds: float) -> dict[str, Any]:
    """The whole run, as `--results` writes it."""
    return {
        "format": FORMAT,
        "requirements": REQUIREMENTS,
        "adapter": list(options.command.words),
        "via": options.command.via.value,
        "speed": options.command.speed,
        "grade": grade_of(outcomes),
        "exit": int(exit_status(outcomes)),
        "seconds": round(seconds, 3),
        "counts": counts(outcomes),
        "checks": [
            {
                **outcome.to_json(),
                "level": outcome.level.value,
                "title": outcome.row.title,
                "requirement": outcome.row.requirement,
                "clause": outcome.row.clause,
                "why": list(outcome.row.why),
                "since": outcome.row.since,
            }
            for outcome in outcomes
        ],
    }


def write(path: Path, content: dict[str, Any]) -> None:
    """Write the file, and its directory if it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
