"""Chapter identify: the login, and its refusal."""

from __future__ import annotations

from conformance.row import CheckRow, Level
from conformance.rows import EVENTS_PAGE

ROWS: tuple[CheckRow, ...] = (
    CheckRow(
        id="identify/invalid-session",
        level=Level.MUST,
        title="IDENTIFY refused with op 9",
        happens=(
            "IDENTIFY is answered with op 9 `false`, first with the socket left open, then several times followed by "
            "close 4903."
        ),
        requirement=(
            "The bot leaves the refused socket by itself; the next login is IDENTIFY, never sooner than one second, "
            "and the gaps grow while the refusals repeat."
        ),
        clause=EVENTS_PAGE,
        why=(
            "https://github.com/satorijs/satori/issues/363",
            "https://github.com/tencent-connect/openclaw-qqbot/issues/18",
            "https://github.com/bubbuild/bub-contrib/pull/61",
        ),
        fix=(
            "On op 9, wait a few seconds for the close code, close the socket, and back off exponentially; reset the "
            "back-off on READY or RESUMED, not when a socket opens."
        ),
    ),
)
