"""What can be set on one world: the protocol's own knobs, the era, and the contested rules as switches."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from fakeqq.core.errors import unknown
from fakeqq.wire import limits
from fakeqq.wire.eras import Era
from fakeqq.wire.intents import DEFAULT_PERMISSIONS
from fakeqq.wire.switches import SWITCHES


class WorldSettings(BaseModel):
    """The settings of one world, as the control API takes and shows them."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    heartbeat_interval_ms: Annotated[int, Field(description="advertised in HELLO, milliseconds")] = int(
        limits.HEARTBEAT_INTERVAL_MS.value
    )
    token_lifetime: Annotated[float, Field(gt=0, le=86_400, description="seconds a new token lives")] = float(
        limits.TOKEN_LIFETIME.value
    )
    session_lifetime: Annotated[
        float, Field(ge=0, description="seconds after a disconnect in which a session can be resumed")
    ] = float(limits.SESSION_LIFETIME.value)
    shards: Annotated[int, Field(ge=1, le=1000, description="recommended by /gateway/bot")] = 1
    max_concurrency: Annotated[int, Field(ge=1, description="IDENTIFYs per 5 s, advertised")] = int(
        limits.MAX_CONCURRENCY.value
    )
    session_start_total: Annotated[int, Field(ge=0, description="IDENTIFYs per 24 h, advertised")] = int(
        limits.SESSION_START_TOTAL.value
    )
    permitted_intents: Annotated[int, Field(ge=0, description="bits this bot may ask for")] = int(DEFAULT_PERMISSIONS)
    username: Annotated[str, Field(description="the bot's name")] = "fakeqq bot"
    era: Era = Era.LATE_2026
    switches: dict[str, str] = Field(default_factory=dict, description="contested rules that differ from the default")

    @field_validator("switches")
    @classmethod
    def _known_switches(cls, value: dict[str, str]) -> dict[str, str]:
        known = {switch.name: switch for switch in SWITCHES}
        for name, choice in value.items():
            if name not in known:
                raise ValueError(unknown("switch", name, known).message)
            if choice not in known[name].choices:
                raise ValueError(unknown(f"choice of {name}", choice, known[name].choices).message)
        return value

    def switch(self, name: str) -> str:
        """The choice in force for a contested rule."""
        return self.switches.get(name) or _DEFAULTS[name]

    def changed(self, changes: dict[str, Any]) -> WorldSettings:
        """A copy with `changes`; switches are merged name by name.

        Raises:
            ControlError: a setting does not exist.
            pydantic.ValidationError: a value is of the wrong type or out of range.
        """
        for name in changes:
            if name not in WorldSettings.model_fields:
                raise unknown("setting", name, WorldSettings.model_fields)
        merged = {**self.model_dump(), **changes}
        if "switches" in changes and isinstance(changes["switches"], dict):
            merged["switches"] = {**self.switches, **changes["switches"]}
        return WorldSettings.model_validate(merged)


_DEFAULTS = {switch.name: switch.default for switch in SWITCHES}
