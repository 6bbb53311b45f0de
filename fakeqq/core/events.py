"""What users do, as the platform tells it: the `d` of message events in their shape of 2026.

Shapes follow captured events: C2C_MESSAGE_CREATE of 2026-09 (public client code), GROUP_MESSAGE_CREATE of
https://github.com/nonebot/adapter-qq/pull/195, and the event pages of https://bot.q.qq.com/wiki.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fakeqq.core.people import Group, User

# The platform's time zone in every timestamp, whatever the bot's.
_BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a user's.

    Attributes:
        at: world time, epoch seconds.
        ref_index: what a quote of this message refers to.
    """

    id: str
    text: str
    user: User
    at: float
    ref_index: str


def timestamp(at: float) -> str:
    """RFC 3339 with `+08:00` and whole seconds, e.g. `2026-03-25T15:03:20+08:00`."""
    return datetime.fromtimestamp(int(at), tz=_BEIJING).isoformat()


def c2c_message(said: Said) -> dict[str, Any]:
    """`d` of C2C_MESSAGE_CREATE."""
    return {
        "id": said.id,
        "content": said.text,
        "timestamp": timestamp(said.at),
        "author": {
            "id": said.user.openid,
            "user_openid": said.user.openid,
            "union_openid": "",
            "username": "",
            "bot": False,
        },
        "message_scene": {"source": "default", "ext": [f"msg_idx={said.ref_index}"]},
        "message_type": 0,
    }


def group_message(said: Said, group: Group, bot: dict[str, Any], *, full: bool) -> dict[str, Any]:
    """`d` of GROUP_AT_MESSAGE_CREATE, or of GROUP_MESSAGE_CREATE in a group whose every message the bot receives.

    Args:
        bot: the bot's `id` and `username`, for the mention.
        full: all-messages mode: the mention stands in `mentions` and stays in the text
            (https://github.com/GLGDLY/qg_botsdk/pull/17).
    """
    data = {
        "id": said.id,
        "content": f"<@{bot['id']}> {said.text}" if full else f" {said.text}",
        "timestamp": timestamp(said.at),
        "author": {
            "id": said.user.openid,
            "member_openid": said.user.openid,
            "union_openid": "",
            "username": said.user.name,
            "bot": False,
            "member_role": "member",
        },
        "group_id": group.group_openid,
        "group_openid": group.group_openid,
        "message_scene": {"source": "default", "ext": [f"msg_idx={said.ref_index}"]},
        "message_type": 0,
    }
    if full:
        mention = {"id": bot["id"], "member_openid": bot["id"], "username": bot["username"], "bot": True}
        data["mentions"] = [{**mention, "is_you": True, "scope": "single"}]
    return data
