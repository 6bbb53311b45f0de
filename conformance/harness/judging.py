"""What a check says of what it has seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.verdict import Blocked, NotApplicable, Unmet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.harness.journal import Entry


def require(holds: bool, expected: str, observed: object, *, decisive: int | None = None) -> None:
    """What the row demands.

    Args:
        holds: whether it is so.
        expected: what should be.
        observed: what is; when it was read from an entry of the journal (a `Login`), that entry is the decisive one.
        decisive: the id of the entry that is, where `observed` was not read from it.

    Raises:
        Unmet: it does not hold.
    """
    if not holds:
        raise Unmet(str(observed), expected=expected, decisive=decisive or getattr(observed, "id", None))


def require_pace(holds: bool, expected: str, observed: object, *, off_by: float, decisive: int | None = None) -> None:
    """What the row demands of time: not too early, not too late.

    Args:
        holds: whether it is so.
        expected: what should be.
        observed: what is.
        off_by: by how many seconds of the adapter's clock the demand was missed. A miss that the lateness of this
            machine explains makes the case inconclusive.
        decisive: the id of the journal's entry that came too early or too late.

    Raises:
        Unmet: it does not hold.
    """
    if not holds:
        unmet = Unmet(str(observed), expected=expected, decisive=decisive)
        unmet.off_by = max(off_by, 0.0)
        raise unmet


def newest(entries: Sequence[Entry]) -> int | None:
    """The id of the last of them, as the decisive one of too many; None when there is none."""
    return entries[-1]["id"] if entries else None


def oldest(entries: Sequence[Entry]) -> int | None:
    """The id of the first of them, as the decisive one where one is too many; None when there is none."""
    return entries[0]["id"] if entries else None


def only_if(applies: bool, otherwise: str) -> None:
    """Whether this bot can meet the scenario at all; `otherwise` says why not.

    Raises:
        NotApplicable: it cannot.
    """
    if not applies:
        raise NotApplicable(otherwise)


def presuppose(holds: bool, expected: str, otherwise: str) -> None:
    """What has to hold before the row can be put to the test.

    Raises:
        Blocked: it does not hold.
    """
    if not holds:
        raise Blocked(otherwise, expected=expected)
