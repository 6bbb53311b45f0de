"""Which cases a run is about: levels, chapters, patterns of ids."""

from __future__ import annotations

import difflib
import fnmatch
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.registry import all_cases
from conformance.row import Level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.registry import Case

_ORDER = list(Level)


class SelectionError(ValueError):
    """A pattern or a chapter that nothing answers to; the message suggests the nearest."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is wanted; an empty tuple wants everything.

    Attributes:
        level: up to which level.
        chapters: of these chapters.
        patterns: whose id, with or without its variant, matches one of these: `*` and `?` stand for characters,
            brackets for themselves.
    """

    level: Level = Level.ADVICE
    chapters: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    def wants(self, case: Case) -> bool:
        """Whether the case is one of them."""
        return (
            _ORDER.index(case.row.level) <= _ORDER.index(self.level)
            and (not self.chapters or case.row.chapter in self.chapters)
            and (not self.patterns or any(matches(case, pattern) for pattern in self.patterns))
        )


EVERYTHING = Selection()


def matches(case: Case, pattern: str) -> bool:
    """Whether the pattern names the case, or its whole check."""
    literal = pattern.replace("[", "[[]")
    return fnmatch.fnmatchcase(case.id, literal) or fnmatch.fnmatchcase(case.row.id, literal)


def select(level: Level, chapters: Iterable[str], patterns: Iterable[str]) -> Selection:
    """A selection of which every word answers to something; commas separate words, too.

    Raises:
        SelectionError: a word that answers to nothing.
    """
    wanted = Selection(level, _words(chapters), _words(patterns))
    cases = list(all_cases())
    known = list(dict.fromkeys(case.row.chapter for case in cases))
    for chapter in wanted.chapters:
        if chapter not in known:
            raise SelectionError(f"--chapter {chapter}: there are: {', '.join(known)}")
    for pattern in wanted.patterns:
        if not any(matches(case, pattern) for case in cases):
            near = difflib.get_close_matches(pattern, dict.fromkeys(case.row.id for case in cases), n=3, cutoff=0.4)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise SelectionError(f"--checks {pattern}: no check matches{hint}")
    return wanted


def _words(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())
