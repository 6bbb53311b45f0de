"""badge.svg for a README, and badge.json in the form that shields.io reads from an address.

The JSON's form: https://shields.io/badges/endpoint-badge.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from conformance.report.templates import template

if TYPE_CHECKING:
    from conformance.report.document import Results

LABEL = "fakeqq"
COLOURS = {"A": "2da44e", "B": "57a72a", "C": "bf8700", "D": "cf5c12", "F": "cf222e"}
NO_GRADE = "6e7781"

LETTER_WIDTH = 7
PADDING = 12
"""Pixels of an average letter at 11 px, and of the space around a word; shields.io's own badges measure so."""


def message(run: Results) -> str:
    """The right half of the badge."""
    return f"grade {run.grade}" if run.grade else "not graded"


def colour(run: Results) -> str:
    """Six hexadecimal digits."""
    return COLOURS.get(run.grade or "", NO_GRADE)


def endpoint(run: Results) -> str:
    """badge.json."""
    content = {"schemaVersion": 1, "label": LABEL, "message": message(run), "color": colour(run)}
    return json.dumps(content) + "\n"


def svg(run: Results) -> str:
    """badge.svg."""
    left, right = (LETTER_WIDTH * len(text) + PADDING for text in (LABEL, message(run)))
    return template("badge.svg").render(left=left, right=right, label=LABEL, message=message(run), colour=colour(run))
