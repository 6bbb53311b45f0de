"""What a world has promised and not done yet, as part of its snapshot: a scenario at work, and webhook deliveries."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from fakeqq.core.errors import ControlError
from fakeqq.core.scenarios.scenario import parse
from fakeqq.core.scenarios.timeline import PENDING_LIMIT, Timeline
from fakeqq.core.webhooks.mishaps import Mishap
from fakeqq.core.webhooks.parcels import Delivery, Parcel, Promised, Purpose
from fakeqq.core.webhooks.styles import Style
from fakeqq.core.webhooks.tampering import Tamper
from fakeqq.core.webhooks.webhook import WAITING_LIMIT

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.world import World

# Connections are counted from 1: this one is gone, whoever meets the restored world.
_GONE = 0

_Wait = Annotated[float, Meta(ge=-32_503_680_000, le=32_503_680_000)]
_Count = Annotated[int, Meta(ge=0)]


class PendingStep(Struct, forbid_unknown_fields=True):
    """A step of a timeline, due in `after` steady seconds; `gone`: it is about a connection, which no world keeps."""

    after: _Wait
    step: _Count
    gone: bool


class Day(Struct, forbid_unknown_fields=True):
    """A scenario in force; `occurrences` of the moment of each step so far."""

    scenario: dict[str, Any]
    occurrences: list[_Count]
    pending: Annotated[list[PendingStep], Meta(max_length=PENDING_LIMIT)]


class KeptParcel(Struct, forbid_unknown_fields=True):
    """A `Parcel`, field by field; its body is in base64."""

    number: _Count
    purpose: Purpose
    body: bytes
    event_id: str | None
    attempt: _Count
    tamper: Tamper | None
    style: Style | None
    challenge: tuple[str, str] | None
    mishap: Mishap | None


class LastPush(Struct, forbid_unknown_fields=True):
    """The event that was delivered last, and how it was signed."""

    parcel: KeptParcel
    headers: dict[str, str]
    body: bytes


class Deliveries(Struct, forbid_unknown_fields=True):
    """Webhook deliveries that are not over; `later` has the steady seconds until each."""

    waiting: Annotated[list[KeptParcel], Meta(max_length=2 * WAITING_LIMIT)]
    later: list[tuple[_Wait, KeptParcel]]
    swapped: list[KeptParcel]
    last: LastPush | None


def take_day(world: World, now: Instant) -> Day | None:
    timeline = world.timeline
    if timeline is None:
        return None
    occurrences, pending = timeline.progress(now)
    steps = [PendingStep(after, index, connection is not None) for after, index, connection in pending]
    return Day(timeline.scenario.model_dump(mode="json"), occurrences, steps)


def restore_day(world: World, day: Day | None, now: Instant) -> None:
    """Put the scenario in force in the middle of its day, if there was one.

    Raises:
        ControlError: it is no scenario, or its steps are not those that wait.
    """
    if day is None:
        return
    scenario = parse(day.scenario)
    steps = len(scenario.timeline)
    if len(day.occurrences) != steps or any(waiting.step >= steps for waiting in day.pending):
        raise ControlError("bad_snapshot", f"this is no snapshot: its scenario has {steps} steps")
    world.timeline = Timeline(scenario, world, world.on_timeline)
    pending = [(waiting.after, waiting.step, _GONE if waiting.gone else None) for waiting in day.pending]
    world.timeline.go_on(day.occurrences, pending, now)


def take_deliveries(world: World, now: Instant) -> Deliveries:
    waiting, later, swapped, last = world.webhook.promised(now)
    return Deliveries(
        waiting=[_kept(parcel) for parcel in waiting],
        later=[(after, _kept(parcel)) for after, parcel in later],
        swapped=[_kept(parcel) for parcel in swapped],
        last=None if last is None else LastPush(_kept(last.parcel), dict(last.headers), last.body),
    )


def restore_deliveries(world: World, kept: Deliveries | None, now: Instant) -> None:
    """Have them made, to the address that the webhook has.

    Raises:
        ControlError: two have one number.
    """
    settings = world.webhook.settings
    if kept is None or settings is None:
        return
    numbers = [parcel.number for parcel in (*kept.waiting, *kept.swapped, *(late for _, late in kept.later))]
    if len(set(numbers)) < len(numbers):
        raise ControlError("bad_snapshot", "this is no snapshot: two deliveries have one number")
    last = None
    if kept.last is not None:
        parcel, headers, body = _parcel(kept.last.parcel), kept.last.headers, kept.last.body
        last = Delivery(parcel, settings.url, headers, body, settings.timeout, entry=0)
    promised = Promised(
        waiting=[_parcel(one) for one in kept.waiting],
        later=[(after, _parcel(one)) for after, one in kept.later],
        swapped=[_parcel(one) for one in kept.swapped],
        last=last,
    )
    world.webhook.take_up(promised, now)


def _kept(parcel: Parcel) -> KeptParcel:
    return KeptParcel(**{each.name: getattr(parcel, each.name) for each in fields(parcel)})


def _parcel(kept: KeptParcel) -> Parcel:
    return Parcel(**{name: getattr(kept, name) for name in kept.__struct_fields__})
