"""A scenario: one named bad day as data. Settings, faults, and what happens by itself and when.

Shipped scenarios are TOML files in `fakeqq/scenarios`; the control API takes the same object as JSON. TOML has no null,
so a fault that fires for ever says `times = "for-ever"`.
"""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from fakeqq.core.errors import ControlError, explain, unknown
from fakeqq.core.faults.faults import MOMENTS, Fault, parse_fault
from fakeqq.core.journal import Pattern
from fakeqq.core.scenarios.actions import ACTIONS, Action, Faults, Settings, action_name
from fakeqq.core.settings import WorldSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

START = "start"
WEBHOOK_ACK = "webhook: ACK"
# Moments of a timeline: those of faults, the beginning, and an event that a webhook acknowledged. A part of a stream
# counts here when it was taken.
TIMELINE_MOMENTS = (START, *MOMENTS, WEBHOOK_ACK)

_FOR_EVER = "for-ever"


def _with_null_times(faults: Any) -> Any:
    """Faults as TOML can write them, in the form that the control API takes."""
    if not isinstance(faults, list):
        return faults
    return [
        {**fault, "times": None} if isinstance(fault, dict) and fault.get("times") == _FOR_EVER else fault
        for fault in faults
    ]


class Step(BaseModel):
    """`after` seconds of steady time after the `nth` occurrence of `on` and the `times - 1` that follow, do this.

    It is done to the connection that the moment was about, or to all live ones where it was about none. With `every`
    it is done again and again, as long as that connection lives.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    on: str = START
    nth: Annotated[int, Field(ge=1)] = 1
    times: Annotated[int, Field(ge=1)] | Literal["for-ever"] = 1
    after: Annotated[float, Field(ge=0, le=86_400)] = 0.0
    every: Annotated[float | None, Field(gt=0, le=86_400)] = None
    do: Annotated[list[Action], Field(min_length=1, max_length=20)]

    def fires_on(self, occurrence: int) -> bool:
        """Whether the step wants this occurrence of its moment, counted from 1."""
        if isinstance(self.times, str):
            return self.nth <= occurrence
        return self.nth <= occurrence < self.nth + self.times


class Scenario(BaseModel):
    """One bad day.

    Attributes:
        why: addresses of the public reports that it stages.
        happens: what the bot meets.
        expect: what a good bot does.
        secret: the bot's secret from the beginning, by which it must be started.
        families: words of `fakeqq.core.scenarios.families` that it stages.
        shows: journal patterns of which each is met in a run with this scenario and by none without it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)] = "inline"
    title: str = ""
    why: list[Annotated[str, Field(pattern=r"^https://\S+$")]] = []
    happens: str = ""
    expect: str = ""
    families: list[str] = []
    secret: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    settings: dict[str, Any] = {}
    faults: Annotated[list[Fault], BeforeValidator(_with_null_times)] = []
    timeline: Annotated[list[Step], Field(max_length=100)] = []
    shows: list[dict[str, Any]] = []


def parse_toml(text: str, name: str) -> Scenario:
    """A scenario as written in a file.

    Raises:
        ControlError: it is not TOML, or says something that does not exist; names the nearest word.
    """
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ControlError("not_toml", f"{name}: not TOML: {error}") from None
    return parse({"name": name, **raw})


def parse(raw: Any) -> Scenario:
    """A scenario as an object.

    Raises:
        ControlError: with the nearest word that would have been right.
    """
    if isinstance(raw, dict):
        _check_faults(raw.get("faults", []))
        _check_settings(raw.get("settings", {}))
    try:
        scenario = Scenario.model_validate(raw)
    except ValidationError as error:
        raise explain(error, "scenario", fields=_fields, tag="action", tags=map(action_name, ACTIONS)) from None
    for step in scenario.timeline:
        if not any(fnmatchcase(moment, step.on) for moment in TIMELINE_MOMENTS):
            raise unknown("moment", step.on, TIMELINE_MOMENTS)
        for action in step.do:
            if isinstance(action, Settings):
                _check_settings(action.change)
            elif isinstance(action, Faults):
                _check_faults(action.faults)
    for where in scenario.shows:
        Pattern(where)
    return scenario


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file, for editors."""
    schema = Scenario.model_json_schema()
    schema["$defs"]["Fault"]["properties"]["times"]["anyOf"].append({"const": _FOR_EVER})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def faults_of(faults: Iterable[Any]) -> list[Any]:
    """The faults of a `faults` action, as a world takes them."""
    return list(_with_null_times(list(faults)))


def _check_faults(faults: Any) -> None:
    if isinstance(faults, list):
        for fault in _with_null_times(faults):
            parse_fault(fault)


def _check_settings(settings: Any) -> None:
    if not isinstance(settings, dict):
        return
    try:
        WorldSettings().changed(settings)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(["settings", *map(str, first["loc"])])
        raise ControlError("bad_value", f"{place}: {first['msg']}") from None


def _fields(location: tuple[int | str, ...]) -> list[str]:
    """The fields allowed where a location of pydantic's points, e.g. `("timeline", 0, "do", 1, "close", "cod")`."""
    for action in ACTIONS:
        if action_name(action) in location:
            return list(action.model_fields)
    return list((Step if location[0] == "timeline" else Scenario).model_fields)
