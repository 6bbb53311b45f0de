"""Guilds: making them, what they grant the bot, their channels and members, and what stands in them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field

from fakeqq.core.guild import guild_deeds
from fakeqq.web.control.models import Body
from fakeqq.web.control.state import InWorld, Server

router = APIRouter(tags=["guilds"])

Name = Annotated[str, Field(min_length=1, max_length=100)]
Id = Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]


class GuildChanges(Body):
    """What can be changed; what is not given stays.

    `denied` names operations the bot may not use there. `no_dms`, `silent`, `channel_ids` and `push_limit` are the
    guild's setting for messages that answer nothing.
    """

    name: Name | None = None
    description: Annotated[str | None, Field(max_length=1000)] = None
    bot_is_administrator: bool | None = None
    denied: Annotated[list[str] | None, Field(max_length=100)] = None
    no_dms: bool | None = None
    silent: bool | None = None
    channel_ids: Annotated[list[Id] | None, Field(max_length=1000)] = None
    push_limit: Annotated[int | None, Field(ge=0, le=1_000_000)] = None


class NewGuild(GuildChanges):
    """`channels` false: it begins without the text, forum, voice and schedule channels."""

    channels: bool = True


class NewChannel(Body):
    """`type`: 0 text, 2 voice, 4 category, 10005 live, 10006 application, 10007 forum."""

    name: Name | None = None
    type: Literal[0, 2, 4, 10005, 10006, 10007] = 0
    sub_type: Annotated[int, Field(ge=0, le=100)] = 0
    private_type: Literal[0, 1, 2] = 0
    speak_permission: Literal[0, 1, 2] = 1
    application_id: Annotated[str, Field(max_length=20)] = ""


class NewMember(Body):
    """A user of the world by openid, or without one a stranger."""

    name: Name | None = None
    user: str | None = None


class Visit(Body):
    """A member enters a voice channel, or with `inside` false leaves it."""

    user_id: Id
    inside: bool = True


@router.get("/worlds/{app_id}/guilds")
async def list_guilds(world: InWorld) -> dict[str, Any]:
    return {"guilds": [guild.as_json() for guild in world.guilds.by_id.values()]}


@router.post("/worlds/{app_id}/guilds", status_code=201)
async def create_guild(server: Server, world: InWorld, body: NewGuild | None = None) -> dict[str, Any]:
    """A guild takes the bot in: GUILD_CREATE."""
    wanted = body or NewGuild()
    changes = wanted.model_dump(exclude_none=True, exclude={"name", "channels"})
    made = guild_deeds.found_guild(world, wanted.name, changes, server.now(world), channels=wanted.channels)
    server.record(world, "guilds", guild=made["id"])
    server.flush()
    return made


@router.get("/worlds/{app_id}/guilds/{guild_id}")
async def show_guild(world: InWorld, guild_id: str) -> dict[str, Any]:
    return world.guilds.known(guild_id).as_json()


@router.patch("/worlds/{app_id}/guilds/{guild_id}")
async def change_guild(server: Server, world: InWorld, guild_id: str, body: GuildChanges) -> dict[str, Any]:
    """What the guild allows the bot; a new name or description is a GUILD_UPDATE."""
    changes = body.model_dump(exclude_none=True)
    changed = guild_deeds.change_guild(world, guild_id, changes, server.now(world))
    server.record(world, "guilds/change", guild=guild_id, **changes)
    server.flush()
    return changed


@router.delete("/worlds/{app_id}/guilds/{guild_id}")
async def delete_guild(server: Server, world: InWorld, guild_id: str) -> dict[str, Any]:
    """The guild is gone, or has removed the bot: GUILD_DELETE."""
    gone = guild_deeds.lose_guild(world, guild_id, server.now(world))
    server.record(world, "guilds/delete", guild=guild_id)
    server.flush()
    return gone


@router.post("/worlds/{app_id}/guilds/{guild_id}/channels", status_code=201)
async def create_channel(
    server: Server, world: InWorld, guild_id: str, body: NewChannel | None = None
) -> dict[str, Any]:
    """The owner makes a channel: CHANNEL_CREATE."""
    fields = (body or NewChannel()).model_dump()
    made = guild_deeds.add_channel(world, guild_id, fields, server.now(world))
    server.record(world, "guilds/channel", guild=guild_id, channel=made["id"])
    server.flush()
    return made


@router.post("/worlds/{app_id}/guilds/{guild_id}/members", status_code=201)
async def create_member(server: Server, world: InWorld, guild_id: str, body: NewMember | None = None) -> dict[str, Any]:
    """Somebody joins: GUILD_MEMBER_ADD."""
    wanted = body or NewMember()
    joined = guild_deeds.add_member(world, guild_id, wanted.name, wanted.user, server.now(world))
    server.record(world, "guilds/member", guild=guild_id, user_id=joined["user_id"])
    server.flush()
    return joined


@router.get("/worlds/{app_id}/channels/{channel_id}")
async def show_channel(world: InWorld, channel_id: str) -> dict[str, Any]:
    """All that stands in a channel: messages, pins, threads, what is heard there."""
    return guild_deeds.channel_view(world, channel_id)


@router.post("/worlds/{app_id}/channels/{channel_id}/voice")
async def visit_voice(server: Server, world: InWorld, channel_id: str, body: Visit) -> dict[str, Any]:
    """A member enters or leaves: AUDIO_OR_LIVE_CHANNEL_MEMBER_ENTER, AUDIO_OR_LIVE_CHANNEL_MEMBER_EXIT."""
    visited = guild_deeds.visit_voice(world, channel_id, body.user_id, server.now(world), inside=body.inside)
    server.record(world, "guilds/voice", channel=channel_id, user_id=body.user_id, inside=body.inside)
    server.flush()
    return visited


@router.get("/worlds/{app_id}/dms")
async def list_directs(world: InWorld) -> dict[str, Any]:
    """Every open direct chat with what was said in it."""
    return {"dms": guild_deeds.directs_view(world)}
