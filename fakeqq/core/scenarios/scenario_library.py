"""The shipped scenarios, by name."""

from __future__ import annotations

from importlib.resources import files

from fakeqq.core.errors import unknown
from fakeqq.core.scenarios.scenario import Scenario, parse_toml

_DIRECTORY = files("fakeqq") / "scenarios"
_SUFFIX = ".toml"


def names() -> list[str]:
    """Every shipped scenario's name, in alphabetical order."""
    return sorted(entry.name.removesuffix(_SUFFIX) for entry in _DIRECTORY.iterdir() if entry.name.endswith(_SUFFIX))


def load(name: str) -> Scenario:
    """The shipped scenario of this name.

    Raises:
        ControlError: there is none; suggests the nearest.
    """
    if name not in names():
        raise unknown("scenario", name, names(), status=404)
    return parse_toml((_DIRECTORY / f"{name}{_SUFFIX}").read_text("utf-8"), name)


def every() -> list[Scenario]:
    """All of them."""
    return [load(name) for name in names()]
