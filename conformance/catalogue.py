"""What the suite grades: one row per check, as data, chapter by chapter.

A row states the requirement, its level, the official clause and the public failures that made it necessary. The
steps that judge it are the function of the same id in `conformance/checks/`. docs/CHECKS.md is printed from these
rows: `python -m conformance.catalogue`.
"""

from __future__ import annotations

import difflib
import sys
from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.rows import (
    dispatch,
    heartbeat,
    identify,
    lifecycle,
    reconnect,
    resume,
    send,
    startup,
    stream,
    token,
    webhook,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.row import CheckRow

REQUIREMENTS = "2026-11"
"""The newest requirement set; results say which one they were graded by."""

ROWS: tuple[CheckRow, ...] = (
    *startup.ROWS,
    *identify.ROWS,
    *heartbeat.ROWS,
    *reconnect.ROWS,
    *resume.ROWS,
    *token.ROWS,
    *dispatch.ROWS,
    *send.ROWS,
    *stream.ROWS,
    *webhook.ROWS,
    *lifecycle.ROWS,
)

CATALOGUE: Mapping[str, CheckRow] = MappingProxyType({row.id: row for row in ROWS})


class UnknownCheckError(LookupError):
    """An id that no row has; the message suggests the nearest ones."""


def check_row(check_id: str) -> CheckRow:
    """The row of an id (without a variant).

    Raises:
        UnknownCheckError: no such row.
    """
    row = CATALOGUE.get(check_id)
    if row is None:
        near = difflib.get_close_matches(check_id, CATALOGUE, n=3, cutoff=0.4)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UnknownCheckError(f"no check has the id {check_id!r}{hint}")
    return row


if __name__ == "__main__":
    from conformance.report import catalogue_page

    sys.stdout.write(catalogue_page.render())
