"""The shipped scenarios, by name."""

from __future__ import annotations

from importlib.resources import files

from fakeqq.core.errors import ControlError, unknown
from fakeqq.core.scenarios.scenario import Scenario, parse_toml

_DIRECTORY = files("fakeqq") / "scenarios"
_SUFFIX = ".toml"
# A word shorter than this (`by`, `no`) tells too little to suggest a name. Our choice.
_TELLING_LETTERS = 3
# More suggestions than this are a list, which `fakeqq scenarios` prints. Our choice.
_SUGGESTIONS = 5
# Scenario names are no longer (`Scenario.name`); more of a stranger's word is not looked at.
_LONGEST = 60


def names() -> list[str]:
    """Every shipped scenario's name, in alphabetical order."""
    return sorted(entry.name.removesuffix(_SUFFIX) for entry in _DIRECTORY.iterdir() if entry.name.endswith(_SUFFIX))


def load(name: str) -> Scenario:
    """The shipped scenario of this name.

    Raises:
        ControlError: there is none; suggests the nearest, and those that share a word with it.
    """
    if name not in names():
        raise _unknown(name)
    return parse_toml((_DIRECTORY / f"{name}{_SUFFIX}").read_text("utf-8"), name)


def every() -> list[Scenario]:
    """All of them."""
    return [load(name) for name in names()]


def _unknown(name: str) -> ControlError:
    refusal = unknown("scenario", name, names(), status=404)
    related = [known for known in names() if known != refusal.suggestion and _shares_a_word(name, known)]
    if not related:
        return refusal
    found = [*([refusal.suggestion] if refusal.suggestion else []), *related][:_SUGGESTIONS]
    message = f"unknown scenario {name[:_LONGEST]!r}; did you mean {' or '.join(map(repr, found))}?"
    return ControlError(refusal.code, message, suggestion=found[0], status=refusal.status)


def _shares_a_word(name: str, known: str) -> bool:
    """Whether a word of one begins with a word of the other, as in `recycled` and `half-hour-recycle`."""
    mine, theirs = (
        [word for word in text.lower().replace("_", "-").split("-") if len(word) >= _TELLING_LETTERS]
        for text in (name[:_LONGEST], known)
    )
    return any(one.startswith(other) or other.startswith(one) for one in mine for other in theirs)
