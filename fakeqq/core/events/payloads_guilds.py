"""The `d` of guild events: guilds, channels, members, reactions, audits, forums, audio, deleted messages.

Shapes follow the event pages kept in KarinJS/karin-plugin-adapter-qqbot@1f5a06c api-docs/autogen/event/ (guild,
channel) and tencent-connect/bot-docs@645787a docs/develop/api-v2/server-inter/channel/ (the others).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from fakeqq.core.events.events import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.guild.guilds import Channel, Guild

_ICON = "https://thirdqq.qlogo.cn/0"
_JOINED_AT = "2026-01-01T00:00:00+08:00"
_VOICE_CHANNEL = 2


def guild_event(guild: Guild, op_user_id: str) -> dict[str, Any]:
    return {
        "id": guild.id,
        "name": guild.name,
        "icon": _ICON,
        "owner_id": guild.owner_id,
        "member_count": 100,
        "max_members": 1000,
        "description": "频道介绍",
        "joined_at": _JOINED_AT,
        "op_user_id": op_user_id,
    }


def channel_event(channel: Channel, owner_id: str) -> dict[str, Any]:
    return {
        "id": channel.id,
        "guild_id": channel.guild_id,
        "name": channel.name,
        "type": 0,
        "sub_type": 0,
        "position": 1,
        "owner_id": owner_id,
        "op_user_id": owner_id,
    }


def member_event(guild: Guild, user_id: str, name: str) -> dict[str, Any]:
    return {
        "guild_id": guild.id,
        "joined_at": _JOINED_AT,
        "nick": name,
        "op_user_id": guild.owner_id,
        "roles": ["1"],
        "user": {"avatar": _ICON, "bot": False, "id": user_id, "username": name},
    }


def reaction(channel: Channel, user_id: str, message_id: str) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "emoji": {"id": "277", "type": 1},
        "channel_id": channel.id,
        "guild_id": channel.guild_id,
        "target": {"id": message_id, "type": 0},
    }


def deleted_message(guild_id: str, channel_id: str, user_id: str, message_id: str) -> dict[str, Any]:
    author = {"bot": False, "id": user_id, "username": "user"}
    message = {"author": author, "channel_id": channel_id, "guild_id": guild_id, "id": message_id}
    return {"message": message, "op_user": {"id": user_id}}


def audit_ended(
    place: Mapping[str, str], audit_id: str, message_id: str | None, *, created_at: float, ended_at: float
) -> dict[str, Any]:
    """MESSAGE_AUDIT_PASS, and without a message MESSAGE_AUDIT_REJECT.

    Args:
        place: `guild_id` and `channel_id`.
        created_at: when the message was sent, world time.
    """
    return {
        "audit_id": audit_id,
        "audit_time": timestamp(ended_at),
        "create_time": timestamp(created_at),
        **place,
        **({"message_id": message_id} if message_id else {}),
    }


def thread(channel: Channel, user_id: str, at: float) -> dict[str, Any]:
    """FORUM_THREAD_*: title and content are JSON in a string, as botpy reads them."""
    info = {"thread_id": "B_7c02cb615f8904001441152181825631080X60", "title": _rich("标题"), "content": _rich("内容")}
    return {**_forum(channel, user_id), "thread_info": {**info, "date_time": timestamp(at)}}


def post(channel: Channel, user_id: str, at: float) -> dict[str, Any]:
    info = {
        "thread_id": "B_6d02bb61e45b0d001441152181867088220X60",
        "post_id": "c_1500cb611f950a001441152181825631080X60",
        "content": _rich("评论"),
        "date_time": timestamp(at),
    }
    return {**_forum(channel, user_id), "post_info": info}


def reply(channel: Channel, user_id: str, at: float) -> dict[str, Any]:
    info = {
        "thread_id": "B_8914b26116bb03001441152181867088220X60",
        "post_id": "c_39bab261d2b907001441152181867088220X60",
        "reply_id": "r_e701cb6128dc0b001441152181825631080X60",
        "content": _rich("回复"),
        "date_time": timestamp(at),
    }
    return {**_forum(channel, user_id), "reply_info": info}


def forum_audit(channel: Channel, user_id: str) -> dict[str, Any]:
    return {
        **_forum(channel, user_id),
        "type": 1,
        "result": 0,
        "err_msg": "",
        "thread_id": "B_8914b26116bb03001441152181867088220X60",
        "post_id": "c_39bab261d2b907001441152181867088220X60",
        "reply_id": "r_e701cb6128dc0b001441152181825631080X60",
    }


def open_forum(channel: Channel, user_id: str) -> dict[str, Any]:
    """OPEN_FORUM_*: who did it and where, without the text."""
    return _forum(channel, user_id)


def audio(channel: Channel) -> dict[str, Any]:
    return {
        "guild_id": channel.guild_id,
        "channel_id": channel.id,
        "audio_url": "https://example.com/audio.mp3",
        "text": "正在播放",
    }


def voice_member(channel: Channel, user_id: str) -> dict[str, Any]:
    return {
        "guild_id": channel.guild_id,
        "channel_id": channel.id,
        "channel_type": _VOICE_CHANNEL,
        "user_id": user_id,
    }


def _forum(channel: Channel, user_id: str) -> dict[str, Any]:
    return {"guild_id": channel.guild_id, "channel_id": channel.id, "author_id": user_id}


def _rich(text: str) -> str:
    element = {"text": {"text": text}, "type": 1}
    return msgspec.json.encode({"paragraphs": [{"elems": [element], "props": {}}]}).decode()
