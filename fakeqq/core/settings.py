"""What can be set on one world: the protocol's own knobs, the era, and the contested rules as switches."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from fakeqq.core.errors import must_be_json, unknown
from fakeqq.wire import limits
from fakeqq.wire.eras import Era
from fakeqq.wire.intents import DEFAULT_PERMISSIONS
from fakeqq.wire.switches import SWITCHES

_DAY_MS = 86_400_000
_TEN_YEARS = 10 * 365 * 86_400.0


class WorldSettings(BaseModel):
    """The settings of one world, as the control API takes and shows them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    heartbeat_interval_ms: Annotated[
        int, Field(ge=0, le=_DAY_MS, description="advertised in HELLO, milliseconds; 0 demands no heartbeats")
    ] = int(limits.HEARTBEAT_INTERVAL_MS.value)
    token_lifetime: Annotated[float, Field(gt=0, le=86_400, description="seconds a new token lives")] = float(
        limits.TOKEN_LIFETIME.value
    )
    session_lifetime: Annotated[
        float, Field(ge=0, le=_TEN_YEARS, description="seconds after a disconnect in which a session can be resumed")
    ] = float(limits.SESSION_LIFETIME.value)
    shards: Annotated[int, Field(ge=1, le=1000, description="recommended by /gateway/bot")] = 1
    max_concurrency: Annotated[int, Field(ge=1, le=1000, description="IDENTIFYs per 5 s, advertised")] = int(
        limits.MAX_CONCURRENCY.value
    )
    session_start_total: Annotated[int, Field(ge=0, le=10**9, description="IDENTIFYs per window, advertised")] = int(
        limits.SESSION_START_TOTAL.value
    )
    session_start_window: Annotated[
        float,
        Field(gt=0, le=_TEN_YEARS, description="seconds in which IDENTIFYs are counted; `reset_after` tells its end"),
    ] = limits.SESSION_START_RESET_MS.value / 1000
    permitted_intents: Annotated[int, Field(ge=0, le=2**32 - 1, description="bits this bot may ask for")] = int(
        DEFAULT_PERMISSIONS
    )
    recycle_interval: Annotated[
        float | None,
        Field(gt=0, le=86_400, description="seconds a connection until op 7 and close 4009; null: never"),
    ] = None
    recycle_clock: Annotated[
        Literal["steady", "world"], Field(description="which time counts for recycle_interval; only world time jumps")
    ] = "world"
    deaf_after: Annotated[
        float | None,
        Field(gt=0, description="age in seconds from which a session resumes deaf; null: never"),
    ] = None
    frames_per_minute: Annotated[
        int | None,
        Field(ge=1, le=100_000, description="more from the bot meet close 4008; null: any number"),
    ] = None
    guilds_per_shard: Annotated[
        int | None,
        Field(ge=1, le=100_000, description="more on one shard meet close 4011; null: any number"),
    ] = None
    standing: Annotated[
        Literal["listed", "unlisted", "banned"], Field(description="unlisted: logins meet 4914, banned: 4915")
    ] = "listed"
    allowed_ips: Annotated[
        list[str] | None, Field(max_length=1000, description="addresses the bot may call from; null: any")
    ] = None
    upload_daily_bytes: Annotated[int, Field(ge=0, le=2**53, description="bytes the bot may upload in a day")] = int(
        limits.UPLOAD_DAILY_BYTES.value
    )
    stream_chunk_bytes: Annotated[
        int, Field(ge=1, le=2**20, description="most bytes of one chunk of a `stream` object")
    ] = int(limits.S1_CHUNK_BYTES.value)
    stream_chunks: Annotated[int, Field(ge=1, le=100_000, description="most chunks of one such stream")] = int(
        limits.S1_CHUNKS.value
    )
    message_chars: Annotated[
        int | None, Field(ge=1, le=10**6, description="longer texts to users and groups meet 40054007; null: any")
    ] = None
    command_chars: Annotated[
        int | None, Field(ge=1, le=10**6, description="longer commands of buttons meet 40034108; null: any")
    ] = None
    subscribe_buttons: Annotated[
        int | None, Field(ge=0, le=25, description="more under one C2C message meet 304062; null: any number")
    ] = None
    reaction_kinds: Annotated[
        int | None,
        Field(ge=0, le=1000, description="more kinds of reactions to one message meet 620002; null: any number"),
    ] = None
    username: Annotated[str, Field(max_length=200, description="the bot's name")] = "fakeqq bot"
    era: Era = Era.LATE_2026
    switches: dict[str, str] = Field(default_factory=dict, description="contested rules that differ from the default")

    def switch(self, name: str) -> str:
        """The choice in force for a contested rule."""
        return self.switches.get(name) or _DEFAULTS[name]

    def changed(self, changes: dict[str, Any]) -> WorldSettings:
        """A copy with `changes`, or these settings where there are none; switches are merged name by name.

        Raises:
            ControlError: a setting, a switch or its choice does not exist.
            pydantic.ValidationError: a value is of the wrong type or out of range.
        """
        if not changes:
            return self
        for name in changes:
            if name not in WorldSettings.model_fields:
                raise unknown("setting", name, WorldSettings.model_fields)
        must_be_json(changes)
        merged = {**self.model_dump(mode="json", exclude_defaults=True), **changes}
        if "switches" in changes and isinstance(changes["switches"], dict):
            merged["switches"] = {**self.switches, **changes["switches"]}
        return _checked(json.dumps(merged, sort_keys=True))


@lru_cache(maxsize=1024)
def _checked(text: str) -> WorldSettings:
    """The settings that JSON text describes: worlds that are set alike share one object, which nobody changes."""
    settings = WorldSettings.model_validate(json.loads(text))
    for name, choice in settings.switches.items():
        if name not in _CHOICES:
            raise unknown("switch", name, _CHOICES)
        if choice not in _CHOICES[name]:
            raise unknown("choice", choice, _CHOICES[name])
    return settings


_CHOICES = {switch.name: switch.choices for switch in SWITCHES}
_DEFAULTS = {switch.name: switch.default for switch in SWITCHES}
