"""Faults as a person types and reads them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fakeqq.launch.errors import LaunchError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def fault(  # noqa: PLR0913 (a fault has that many words)
    moment: str,
    verb: str,
    fields: Sequence[str],
    *,
    name: str | None,
    nth: int,
    times: int | None,
    probability: float | None = None,
) -> dict[str, Any]:
    """The fault's object. A value is JSON where it can be read as such, else text.

    Raises:
        LaunchError: a field has no `=`.
    """
    action: dict[str, Any] = {"verb": verb}
    for field in fields:
        key, separator, value = field.partition("=")
        if not separator:
            raise LaunchError(f"{field!r} is not FIELD=VALUE", "For example: code=4009", exit_code=2)
        try:
            action[key] = json.loads(value)
        except ValueError:
            action[key] = value
    made: dict[str, Any] = {"name": name or f"{moment} {verb}", "on": moment, "nth": nth, "times": times}
    return made | ({} if probability is None else {"probability": probability}) | {"do": [action]}


def settings_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A fault of the server's list as it can be set again: without its count, and without what was not given."""
    return {key: value for key, value in row.items() if key != "hits" and (value is not None or key == "times")}


def line(row: Mapping[str, Any]) -> str:
    """One fault of the server's list."""
    actions = ", ".join(_action(action) for action in row["do"])
    times = "for ever" if row.get("times") is None else f"times {row['times']}"
    first = _ordinal(row.get("nth", 1))
    chance = row.get("probability")
    odds = "" if chance is None else f", with probability {chance:g}"
    return f"{row['name']}: on {row['on']}, from the {first}, {times}{odds}: {actions} [{row['hits']} hits]"


def _action(action: Mapping[str, Any]) -> str:
    rest = (f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in action.items() if key != "verb")
    return " ".join([str(action["verb"]), *rest])


def _ordinal(number: int) -> str:
    ending = "th" if 11 <= number % 100 <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
