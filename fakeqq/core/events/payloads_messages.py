"""The `d` of message events in their shape of 2026.

Shapes follow captured events: C2C_MESSAGE_CREATE of 2026-09 (public client code), GROUP_MESSAGE_CREATE of
https://github.com/nonebot/adapter-qq/pull/195, and the event pages kept in KarinJS/karin-plugin-adapter-qqbot@1f5a06c
api-docs/autogen/event/; guild messages tencent-connect/bot-docs@645787a
docs/develop/api-v2/server-inter/message/send-receive/event.md.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from fakeqq.core.errors import ControlError, unknown
from fakeqq.core.events.events import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.guild.guilds import Channel, Direct, Guild
    from fakeqq.core.people import Group, User

TEXT, QUOTE = 0, 103

_DOWNLOAD = "https://multimedia.nt.qq.com.cn/download?appid=1406&fileid=EhQfakeqq&rkey=CAQfakeqq&spec=0"
# One attachment of each kind, with the keys and the order of captured ones.
_ATTACHMENTS: Mapping[str, dict[str, Any]] = {
    "image": {
        "content_type": "image/jpeg", "filename": "photo.jpg", "height": 1080, "width": 1920, "size": 256000,
        "url": _DOWNLOAD, "content": "",
    },
    "voice": {
        "content_type": "voice", "filename": "voice.amr", "size": 8192, "url": _DOWNLOAD, "content": "",
        "voice_wav_url": f"{_DOWNLOAD}&format=wav", "asr_refer_text": "你好",
    },
    "video": {
        "content_type": "video/mp4", "filename": "video.mp4", "size": 1048576, "url": _DOWNLOAD, "content": "",
    },
    "file": {"content_type": "file", "filename": "notes.txt", "size": 1024, "url": _DOWNLOAD, "content": ""},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quoted:
    """The message a message refers to."""

    ref_index: str
    text: str


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot as others see it in a chat; `openid` is its own in groups, `id` the number READY tells."""

    id: str
    openid: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message of a user's.

    Attributes:
        at: world time, epoch seconds.
        ref_index: what a quote of this message refers to.
        attachments: as `attachment` made them.
        mentions: entries of `mentions`, for groups; None leaves the key out.
    """

    id: str
    text: str
    user: User
    at: float
    ref_index: str
    quoted: Quoted | None = None
    attachments: tuple[dict[str, Any], ...] = ()
    mentions: tuple[dict[str, Any], ...] | None = None


def attachment(wish: str | Mapping[str, Any]) -> dict[str, Any]:
    """An attachment by a word, or by its fields over those of its kind.

    Raises:
        ControlError: no such kind.
    """
    if isinstance(wish, str):
        if wish not in _ATTACHMENTS:
            raise unknown("attachment", wish, _ATTACHMENTS)
        return dict(_ATTACHMENTS[wish])
    content_type = wish.get("content_type", "image/jpeg")
    if not isinstance(content_type, str):
        raise ControlError("bad_attachment", "content_type of an attachment is a string, e.g. image/png")
    kind = content_type.partition("/")[0]
    return {**_ATTACHMENTS.get(kind, _ATTACHMENTS["file"]), **wish}


def face(name: str) -> str:
    """A face as it stands in the text of a message."""
    ext = base64.b64encode(msgspec.json.encode({"text": name})).decode()
    return f'<faceType=4,faceId="",ext="{ext}">'


def bot_mention(bot: Bot) -> dict[str, Any]:
    return {"id": bot.openid, "member_openid": bot.openid, "username": bot.name, "bot": True, "is_you": True,
            "scope": "single"}  # fmt: skip


def everyone_mention(bot: Bot) -> dict[str, Any]:
    """An @ of everybody: it means the bot too (https://github.com/nonebot/adapter-qq/pull/195)."""
    return {**bot_mention(bot), "scope": "all"}


def member_mention(user: User) -> dict[str, Any]:
    return {"id": user.openid, "member_openid": user.openid, "username": user.name, "bot": False, "is_you": False,
            "scope": "single"}  # fmt: skip


def c2c_message(said: Said) -> dict[str, Any]:
    """`d` of C2C_MESSAGE_CREATE."""
    author = {
        "id": said.user.openid,
        "user_openid": said.user.openid,
        "union_openid": "",
        "username": "",
        "bot": False,
    }
    return {
        "id": said.id,
        "content": said.text,
        "timestamp": timestamp(said.at),
        "author": author,
        **_context(said),
    }


def group_message(said: Said, group: Group) -> dict[str, Any]:
    """`d` of GROUP_AT_MESSAGE_CREATE and of GROUP_MESSAGE_CREATE."""
    author = {
        "id": said.user.openid,
        "member_openid": said.user.openid,
        "union_openid": "",
        "username": said.user.name,
        "bot": False,
        "member_role": "member",
    }
    return {
        "id": said.id,
        "content": said.text,
        "timestamp": timestamp(said.at),
        "author": author,
        "group_id": group.group_openid,
        "group_openid": group.group_openid,
        **({} if said.mentions is None else {"mentions": list(said.mentions)}),
        **_context(said),
    }


def channel_message(said: Said, guild: Guild, channel: Channel, author_id: str, bot: Bot | None) -> dict[str, Any]:
    """`d` of AT_MESSAGE_CREATE and MESSAGE_CREATE.

    Args:
        author_id: the speaker's numeric id.
        bot: mentioned in the message, or None.
    """
    mentions = [{"id": bot.id, "username": bot.name, "avatar": _AVATAR, "bot": True}] if bot else []
    return {
        **_guild_message(said, author_id),
        "channel_id": channel.id,
        "guild_id": guild.id,
        **({"mentions": mentions} if mentions else {}),
        "seq": guild.messages,
        "seq_in_channel": str(guild.messages),
    }


def direct_message(said: Said, direct: Direct, author_id: str, seq: int) -> dict[str, Any]:
    """`d` of DIRECT_MESSAGE_CREATE."""
    return {
        **_guild_message(said, author_id),
        "channel_id": direct.channel_id,
        "guild_id": direct.guild_id,
        "src_guild_id": direct.source_guild_id,
        "direct_message": True,
        "seq": seq,
        "seq_in_channel": str(seq),
    }


_AVATAR = "http://thirdqq.qlogo.cn/0"


def _guild_message(said: Said, author_id: str) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": said.id,
        "author": {"id": author_id, "username": said.user.name, "avatar": _AVATAR, "bot": False},
        "content": said.text,
        "timestamp": timestamp(said.at),
        "member": {"nick": said.user.name, "roles": ["1"], "joined_at": "2021-04-12T16:34:42+08:00"},
    }
    if said.attachments:
        data["attachments"] = list(said.attachments)
    if said.quoted is not None:
        data["message_reference"] = {"message_id": said.quoted.ref_index}
    return data


def _context(said: Said) -> dict[str, Any]:
    """What C2C and group messages share: the scene, the type, and what a quote refers to."""
    ext = [f"msg_idx={said.ref_index}"]
    data: dict[str, Any] = {"message_scene": {"source": "default", "ext": ext}, "message_type": TEXT}
    if said.quoted is not None:
        ext.insert(0, f"ref_msg_idx={said.quoted.ref_index}")
        data["message_type"] = QUOTE
        data["msg_elements"] = [{"msg_idx": said.quoted.ref_index, "message_type": QUOTE, "content": said.quoted.text}]
    if said.attachments:
        data["attachments"] = list(said.attachments)
    return data
