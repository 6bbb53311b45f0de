"""A requirement as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.features import Feature


class Level(StrEnum):
    """How much a requirement weighs in the grade."""

    MUST = "M"
    SHOULD = "S"
    ADVICE = "A"  # shown, never scored

    @property
    def word(self) -> str:
        """The level in letters, as reports print it."""
        return {Level.MUST: "must", Level.SHOULD: "should", Level.ADVICE: "advice"}[self]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One requirement.

    Attributes:
        id: `chapter/slug`; stable for ever, used on command lines and in known-failing files.
        title: a few words for tables.
        happens: what the platform does during the check.
        requirement: what the bot has to do, in one sentence.
        clause: the official page that rules it, or the code that showed it.
        why: public issues and pull requests where released software failed here.
        fix: the usual repair, for the author of an adapter.
        features: what a bot must have for the row to concern it.
        since: the requirement set that first held the row (year-month).
    """

    id: str
    level: Level
    title: str
    happens: str
    requirement: str
    clause: str
    why: tuple[str, ...]
    fix: str
    features: tuple[Feature, ...] = ()
    since: str = "2026-11"

    @property
    def chapter(self) -> str:
        """The part before the slash."""
        return self.id.partition("/")[0]
