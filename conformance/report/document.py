"""The results file: its shape as types, written once and read by every report.

docs/results.schema.json is printed from these types: `python -m conformance.report.document`. A reader may rely on
`format`: it grows when a field changes its meaning or goes away; new fields may come at any time.
"""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import msgspec

from conformance.row import Level
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

FORMAT = 2
"""1 had no timeline, no date and no fix."""


class Lane(StrEnum):
    """Who made a step of a timeline."""

    BOT = "bot"  # from the bot to the platform
    PLATFORM = "platform"  # from the platform to the bot
    PEOPLE = "people"  # what a user says or sees
    STAGE = "stage"  # what the check made the platform do
    BEATS = "beats"  # heartbeats and their ACKs, counted


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step; `at` in seconds of the adapter's clock since its start."""

    at: float
    lane: Lane
    text: str
    decisive: bool = False


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """One case: the row that it judges, the verdict, and the evidence.

    Attributes:
        id: `chapter/slug`, or `chapter/slug[variant]`.
        row_id: the row's id, without a variant.
        since: the requirement set that first held the row.
        seconds: real seconds.
        unmodelled: calls behind which the emulator has no state, which it answered with 404.
        again: the command that runs this case alone.
    """

    id: str
    row_id: str
    level: Level
    title: str
    happens: str
    requirement: str
    clause: str
    why: tuple[str, ...]
    fix: str
    since: str
    verdict: Verdict
    seconds: float = 0.0
    expected: str = ""
    observed: str = ""
    remarks: tuple[str, ...] = ()
    wire: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    timeline: tuple[Step, ...] = ()
    connected: bool = False
    unmodelled: tuple[str, ...] = ()
    known: str = ""
    again: str = ""

    @property
    def chapter(self) -> str:
        """The part before the slash."""
        return self.row_id.partition("/")[0]


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run.

    Attributes:
        fakeqq: the version that graded.
        date: when the run ended, ISO 8601 in UTC.
        requirements: the requirement set that the grade follows.
        adapter: the command; its words hold no secret, for `{app_id}` and `{secret}` are not yet replaced in them.
        speed: how many times faster than the real clock the bot's ran.
        grade: None when a part of the catalogue was left out.
        exit: the exit status of the run.
        seconds: real seconds of the whole run.
        counts: cases by verdict.
        left_out: cases that were not selected; those that are neither here nor among `checks` were to run and did not.
    """

    format: int
    fakeqq: str
    date: str
    requirements: str
    adapter: tuple[str, ...]
    via: str
    speed: float
    grade: str | None
    exit: int
    seconds: float
    counts: dict[str, int]
    checks: tuple[CheckResult, ...]
    left_out: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The command as one line."""
        return " ".join(self.adapter)

    @property
    def unmodelled(self) -> list[str]:
        """What the bot called and the emulator could not answer truly, over all cases, each once."""
        return unmodelled_in(self.checks)


class HasUnmodelled(Protocol):
    """A case that knows which of its calls were not modelled."""

    @property
    def unmodelled(self) -> Collection[str]:
        """Those calls."""


def unmodelled_in(cases: Iterable[HasUnmodelled]) -> list[str]:
    """The calls of all cases, each once, in order."""
    return sorted({call for case in cases for call in case.unmodelled})


class ResultsError(ValueError):
    """A file that holds no results; the message names it and says what is wrong."""


def encode(results: Results) -> bytes:
    """The file's content."""
    return msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n"


def read(path: Path) -> Results:
    """The results in a file.

    Raises:
        ResultsError: it cannot be read, or holds something else.
    """
    try:
        content = path.read_bytes()
        head = msgspec.json.decode(content, type=_Head)
        if head.format != FORMAT:
            raise ResultsError(f"{path}: format {head.format}, this version reads {FORMAT}: grade again to compare")
        return msgspec.json.decode(content, type=Results)
    except OSError as error:
        raise ResultsError(f"{path}: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ResultsError(f"{path}: not a results file of `fakeqq grade`: {error}") from error


class _Head(msgspec.Struct):
    format: int


def schema() -> str:
    """The JSON Schema of a results file."""
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Results of a fakeqq grade",
        **msgspec.json.schema(Results),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
