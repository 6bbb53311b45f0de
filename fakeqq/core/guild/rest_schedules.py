"""Schedules: what stands in a channel of the schedule application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.guild.guild_content import Schedule
from fakeqq.core.guild.guild_lookups import day, demand_administrator, find_channel, guild_of, integer, string
from fakeqq.core.guild.guild_views import schedule_json
from fakeqq.core.rest.calls import NO_CONTENT, Call, Route, Status

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.guild.guilds import Channel, Guild
    from fakeqq.core.world import World

_A_DAY, _A_DAY_IN_GUILD = 10, 100
_LONGEST_MS = 7 * 86_400_000
# 0 none, 1 at the start, 2 to 5 before it by 5, 15, 30, 60 minutes.
_REMINDERS = frozenset(map(str, range(6)))


def schedules(world: World, call: Call, now: Instant) -> list[dict[str, Any]]:
    """Those of today, or with `since`, in milliseconds, those that end after it; botpy sends it as a body."""
    channel, guild = _channel(world, call)
    since = integer(call.query, "since", integer(call.body, "since", 0, "schedule_invalid"), "schedule_invalid")
    today = day(now.world)
    shown = [
        schedule
        for schedule in channel.schedules.values()
        if not schedule.deleted
        and (schedule.end > since if since else day(schedule.start / 1000) <= today <= day(schedule.end / 1000))
    ]
    return [schedule_json(world, guild, schedule) for schedule in sorted(shown, key=lambda each: each.start)]


def schedule(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    channel, guild = _channel(world, call)
    return schedule_json(world, guild, _schedule(channel, call))


def create_schedule(world: World, call: Call, now: Instant) -> dict[str, Any]:
    channel, guild = _administered(world, call)
    fields = _fields(world, channel, call, now, None)
    today = [each for each in _all(guild) if day(each.created_at) == day(now.world)]
    if sum(each.creator_id == world.bot_id for each in today) >= _A_DAY:
        raise PlatformError("schedule_rate_limited")
    if len(today) >= _A_DAY_IN_GUILD:
        raise PlatformError("schedule_guild_rate_limited")
    made = Schedule(world.identifiers.channel_id(), creator_id=world.bot_id, created_at=now.world, **fields)
    channel.schedules[made.id] = made
    return schedule_json(world, guild, made)


def change_schedule(world: World, call: Call, now: Instant) -> dict[str, Any]:
    """What is not named stays."""
    channel, guild = _administered(world, call)
    found = _schedule(channel, call)
    for name, value in _fields(world, channel, call, now, found).items():
        setattr(found, name, value)
    return schedule_json(world, guild, found)


def delete_schedule(world: World, call: Call, _now: Instant) -> Status:
    channel, _ = _administered(world, call)
    _schedule(channel, call).deleted = True
    return NO_CONTENT


def _channel(world: World, call: Call) -> tuple[Channel, Guild]:
    channel = find_channel(world, call.params["channel_id"])
    if not channel.is_schedule:
        raise PlatformError("schedule_wrong_channel")
    return channel, guild_of(world, channel)


def _administered(world: World, call: Call) -> tuple[Channel, Guild]:
    channel, guild = _channel(world, call)
    demand_administrator(world, guild, "schedule_not_admin")
    return channel, guild


def _schedule(channel: Channel, call: Call) -> Schedule:
    found = channel.schedules.get(call.params["schedule_id"])
    if found is None:
        raise PlatformError("schedule_not_found")
    if found.deleted:
        raise PlatformError("schedule_deleted")
    return found


def _all(guild: Guild) -> list[Schedule]:
    return [each for channel in guild.channels.values() for each in channel.schedules.values()]


def _fields(world: World, channel: Channel, call: Call, now: Instant, old: Schedule | None) -> dict[str, Any]:
    """What a request says of a schedule, over the old one."""
    given = call.body.get("schedule")
    if not isinstance(given, dict):
        raise PlatformError("schedule_missing")
    name = string(given, "name", old.name if old else "", "schedule_invalid")
    start = integer(given, "start_timestamp", old.start if old else 0, "schedule_time_invalid")
    end = integer(given, "end_timestamp", old.end if old else 0, "schedule_time_invalid")
    # botpy calls it `reminder_id` (tencent-connect/botpy@e25f3e8 botpy/api.py).
    reminder = given.get("remind_type", given.get("reminder_id"))
    remind_type = (old.remind_type if old else "0") if reminder is None else str(reminder)
    if not name or remind_type not in _REMINDERS:
        raise PlatformError("schedule_invalid")
    if start < now.world * 1000 and (old is None or start != old.start):
        raise PlatformError("schedule_in_the_past")
    if end < start:
        raise PlatformError("schedule_ends_before_start")
    if end - start > _LONGEST_MS:
        raise PlatformError("schedule_too_long")
    return {
        "name": name,
        "description": string(given, "description", old.description if old else "", "schedule_invalid"),
        "start": start,
        "end": end,
        "jump_channel_id": _jump(world, channel, given, old),
        "remind_type": remind_type,
    }


def _jump(world: World, channel: Channel, given: dict[str, Any], old: Schedule | None) -> str:
    """The channel that a schedule leads to when it starts; "0" is none."""
    if given.get("jump_channel_id") in (None, ""):
        return old.jump_channel_id if old else "0"
    channel_id = str(integer(given, "jump_channel_id", 0, "schedule_time_invalid"))
    if channel_id == "0":
        return channel_id
    target = world.guilds.find_channel(channel_id)
    if target is None:
        raise PlatformError("schedule_jump_not_found")
    if target.guild_id != channel.guild_id:
        raise PlatformError("schedule_jump_other_guild")
    if target.is_schedule:
        raise PlatformError("schedule_jump_to_schedule")
    return channel_id


_CHANNEL = ("unknown_channel", "guild_auth_check_failed", "schedule_wrong_channel")
_ADMIN = (*_CHANNEL, "schedule_not_admin")
_ONE = ("schedule_not_found", "schedule_deleted")
_GIVEN = (
    "schedule_missing",
    "schedule_invalid",
    "schedule_time_invalid",
    "schedule_in_the_past",
    "schedule_ends_before_start",
    "schedule_too_long",
    "schedule_jump_not_found",
    "schedule_jump_other_guild",
    "schedule_jump_to_schedule",
)

ROUTES = (
    Route(
        "GET /channels/{channel_id}/schedules", schedules, "the channel's schedules", (*_CHANNEL, "schedule_invalid")
    ),
    Route(
        "POST /channels/{channel_id}/schedules",
        create_schedule,
        "a schedule; how many were made today",
        (*_ADMIN, *_GIVEN, "schedule_rate_limited", "schedule_guild_rate_limited"),
    ),
    Route("GET /channels/{channel_id}/schedules/{schedule_id}", schedule, "the schedule", (*_CHANNEL, *_ONE)),
    Route(
        "PATCH /channels/{channel_id}/schedules/{schedule_id}",
        change_schedule,
        "the schedule",
        (*_ADMIN, *_ONE, *_GIVEN),
    ),
    Route(
        "DELETE /channels/{channel_id}/schedules/{schedule_id}",
        delete_schedule,
        "the schedule is deleted",
        (*_ADMIN, *_ONE),
    ),
)
