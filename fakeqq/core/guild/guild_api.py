"""Every operation of the guild API, behind what the guild has granted the bot."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.guild import (
    interactions,
    rest_boards,
    rest_channels,
    rest_guild_messages,
    rest_guilds,
    rest_members,
    rest_schedules,
    rest_threads,
    rest_voice,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.clock import Instant
    from fakeqq.core.rest.calls import Call, Handler, Route
    from fakeqq.core.world import World

ROUTES: tuple[Route, ...] = (
    *rest_guilds.ROUTES,
    *rest_channels.ROUTES,
    *rest_members.ROUTES,
    *rest_guild_messages.ROUTES,
    *rest_boards.ROUTES,
    *rest_schedules.ROUTES,
    *rest_threads.ROUTES,
    *rest_voice.ROUTES,
    *interactions.ROUTES,
)


def _granted(route: Route) -> Handler:
    """The handler, refused where the guild has not granted the operation."""

    def handler(world: World, call: Call, now: Instant) -> Any:
        channel = world.guilds.find_channel(call.params.get("channel_id", ""))
        guild_id = channel.guild_id if channel else call.params.get("guild_id", "")
        guild = world.guilds.by_id.get(guild_id)
        if guild is not None and route.operation in guild.denied:
            raise PlatformError("permission_denied")
        return route.handler(world, call, now)

    return handler


HANDLERS: Mapping[str, Handler] = MappingProxyType({route.operation: _granted(route) for route in ROUTES})
