"""Guild objects as the API and the events show them.

Fields follow the model pages of tencent-connect/bot-docs@645787a docs/develop/api-v2/server-inter/channel/ and the
examples of the event pages; where pages differ, botpy and NoneBot's adapter parse what is here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.events.events import timestamp
from fakeqq.wire import frames

if TYPE_CHECKING:
    from fakeqq.core.guild.guild_content import Posted, Schedule, Thread
    from fakeqq.core.guild.guilds import Channel, Direct, Guild, Member, Role
    from fakeqq.core.world import World

# Members a guild may have, as the documents' example prints it.
_MAX_MEMBERS = 300


def guild_json(world: World, guild: Guild) -> dict[str, Any]:
    return {
        "id": guild.id,
        "name": guild.name,
        "icon": "",
        "owner_id": guild.owner_id,
        "owner": guild.owner_id == world.bot_id,
        "member_count": len(guild.members),
        "max_members": max(_MAX_MEMBERS, len(guild.members)),
        "description": guild.description,
        "joined_at": timestamp(guild.joined_at),
    }


def user_json(world: World, member: Member) -> dict[str, Any]:
    name = world.settings.username if member.user_id == world.bot_id else member.name
    return {
        "id": member.user_id,
        "username": name,
        "avatar": "",
        "bot": member.bot,
        "union_openid": "",
        "union_user_account": "",
    }


def member_json(world: World, member: Member) -> dict[str, Any]:
    return {
        "user": user_json(world, member),
        "nick": member.nick or user_json(world, member)["username"],
        "roles": member.roles,
        "joined_at": timestamp(member.joined_at),
    }


def member_event(world: World, guild: Guild, member: Member, operator: str) -> dict[str, Any]:
    """`d` of GUILD_MEMBER_ADD, GUILD_MEMBER_UPDATE and GUILD_MEMBER_REMOVE."""
    return {"guild_id": guild.id, **member_json(world, member), "op_user_id": operator}


def role_json(guild: Guild, role: Role) -> dict[str, Any]:
    return {
        "id": role.id,
        "name": role.name,
        "color": role.color,
        "hoist": role.hoist,
        "number": len(guild.holders(role.id)),
        "member_limit": role.member_limit,
    }


def channel_json(channel: Channel, permissions: int | None = None) -> dict[str, Any]:
    shown = {
        "id": channel.id,
        "guild_id": channel.guild_id,
        "name": channel.name,
        "type": channel.type,
        "sub_type": channel.sub_type,
        "position": channel.position,
        "parent_id": channel.parent_id,
        "owner_id": channel.owner_id,
        "private_type": channel.private_type,
        "speak_permission": channel.speak_permission,
        "application_id": channel.application_id,
    }
    return shown if permissions is None else {**shown, "permissions": str(permissions)}


def channel_event(channel: Channel, operator: str) -> dict[str, Any]:
    """`d` of CHANNEL_CREATE, CHANNEL_UPDATE and CHANNEL_DELETE: some fields, with the `position` NoneBot wants."""
    shown = channel_json(channel)
    fields = ("guild_id", "id", "name", "owner_id", "sub_type", "type", "position")
    return {**{name: shown[name] for name in fields}, "op_user_id": operator}


def message_json(world: World, guild: Guild, channel_id: str, message: Posted) -> dict[str, Any]:
    """A message of a channel; `guild` is where its author is a member."""
    author = guild.members.get(message.author_id)
    shown = {
        "id": message.id,
        "channel_id": channel_id,
        "guild_id": guild.id,
        "content": message.text,
        "timestamp": timestamp(message.at),
        "tts": False,
        "mention_everyone": "@everyone" in message.text,
        "author": user_json(world, author) if author else {"id": message.author_id, "username": "", "bot": False},
        "pinned": False,
        "type": 0,
        "flags": 0,
        "seq": message.seq,
        "seq_in_channel": str(message.seq),
        **message.parts,
    }
    if author is not None:
        view = member_json(world, author)
        shown["member"] = {name: view[name] for name in ("nick", "roles", "joined_at")}
    if message.edited_at is not None:
        shown["edited_timestamp"] = timestamp(message.edited_at)
    return shown


def direct_message_json(world: World, guild: Guild, direct: Direct, message: Posted) -> dict[str, Any]:
    """A direct message: its guild and channel are those of the guild of two."""
    shown = message_json(world, guild, direct.channel_id, message)
    return {**shown, "guild_id": direct.guild_id, "direct_message": True, "src_guild_id": direct.source_guild_id}


def deleted_message(  # noqa: PLR0913 - whose message, where, by whom
    world: World, guild: Guild, guild_id: str, channel_id: str, message: Posted, operator: str
) -> dict[str, Any]:
    """`d` of MESSAGE_DELETE, PUBLIC_MESSAGE_DELETE and DIRECT_MESSAGE_DELETE."""
    member = guild.members.get(message.author_id)
    author = user_json(world, member) if member else {"id": message.author_id, "username": "", "bot": False}
    return {
        "message": {
            "guild_id": guild_id,
            "channel_id": channel_id,
            "id": message.id,
            "author": {name: author[name] for name in ("id", "username", "bot")},
        },
        "op_user": {"id": operator},
    }


def schedule_json(world: World, guild: Guild, schedule: Schedule) -> dict[str, Any]:
    creator = guild.members.get(schedule.creator_id)
    return {
        "id": schedule.id,
        "name": schedule.name,
        "description": schedule.description,
        "start_timestamp": str(schedule.start),
        "end_timestamp": str(schedule.end),
        "creator": member_json(world, creator) if creator else None,
        "jump_channel_id": schedule.jump_channel_id,
        "remind_type": schedule.remind_type,
    }


def thread_json(channel: Channel, thread: Thread) -> dict[str, Any]:
    """A thread as the API lists it: the title is plain text, the content rich text as JSON text."""
    return {
        "guild_id": channel.guild_id,
        "channel_id": channel.id,
        "author_id": thread.author_id,
        "thread_info": {
            "thread_id": thread.id,
            "title": thread.title,
            "content": frames.encode(thread.content),
            "date_time": timestamp(thread.at),
        },
    }


def thread_event(channel: Channel, thread: Thread) -> dict[str, Any]:
    """`d` of FORUM_THREAD_CREATE and its kin: title and content are both rich text as JSON text.

    botpy decodes both with `json.loads` (tencent-connect/botpy@e25f3e8 botpy/forum.py); the documents' example
    prints lists there.
    """
    shown = thread_json(channel, thread)
    return {**shown, "thread_info": {**shown["thread_info"], "title": frames.encode(rich_text(thread.title))}}


def rich_text(text: str) -> dict[str, Any]:
    """Plain text as rich text, a paragraph for each line."""
    return {
        "paragraphs": [
            {"elems": [{"text": {"text": line}, "type": 1}], "props": {}} if line else {"elems": [], "props": {}}
            for line in text.split("\n")
        ]
    }
