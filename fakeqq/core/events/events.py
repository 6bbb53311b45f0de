"""What is true of every event: its times, which of them a reply may name, how a test changes one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from fakeqq.core.people import Scene

# The platform's time zone in every timestamp, whatever the bot's.
_BEIJING = timezone(timedelta(hours=8))

# Message events: the scene, and where its owner stands in `d`.
_MESSAGES: Mapping[str, tuple[Scene, tuple[str, ...]]] = MappingProxyType(
    {
        "C2C_MESSAGE_CREATE": ("c2c", ("author", "user_openid")),
        "GROUP_AT_MESSAGE_CREATE": ("group", ("group_openid",)),
        "GROUP_MESSAGE_CREATE": ("group", ("group_openid",)),
        "AT_MESSAGE_CREATE": ("channel", ("channel_id",)),
        "MESSAGE_CREATE": ("channel", ("channel_id",)),
        "DIRECT_MESSAGE_CREATE": ("dm", ("guild_id",)),
    }
)
# Other events whose id may stand in `event_id` of a reply (https://bot.q.qq.com/wiki, sending messages).
_REPLIABLE = frozenset({"INTERACTION_CREATE", "FRIEND_ADD", "C2C_MSG_RECEIVE", "GROUP_ADD_ROBOT", "GROUP_MSG_RECEIVE"})
_OWNERS: tuple[tuple[str, Scene], ...] = (
    ("group_openid", "group"),
    ("user_openid", "c2c"),
    ("openid", "c2c"),
    ("channel_id", "channel"),
)


class Answerable(NamedTuple):
    """What a reply to an event names, and where it goes. `repliable` False: naming it is refused."""

    ids: tuple[str, ...]
    scene: Scene
    owner: str
    repliable: bool


def timestamp(at: float) -> str:
    """RFC 3339 with `+08:00` and whole seconds, e.g. `2026-03-25T15:03:20+08:00`."""
    return datetime.fromtimestamp(int(at), tz=_BEIJING).isoformat()


def answerable(event_type: str, event_id: str, data: Any) -> Answerable | None:
    """How an event can be answered; None when it names nobody."""
    if not isinstance(data, dict):
        return None
    if event_type in _MESSAGES:
        scene, path = _MESSAGES[event_type]
        owner = _at(data, path)
        ids = (data["id"], event_id) if isinstance(data.get("id"), str) else (event_id,)
        return Answerable(ids, scene, owner, True) if isinstance(owner, str) else None
    for key, place in _OWNERS:
        if isinstance(data.get(key), str):
            return Answerable((event_id,), place, data[key], event_type in _REPLIABLE)
    return None


def merged(data: Any, fields: Mapping[str, Any]) -> Any:
    """`data` with `fields` over it; objects are merged key by key, everything else is replaced."""
    if not isinstance(data, dict):
        return dict(fields)
    result = dict(data)
    for key, value in fields.items():
        result[key] = merged(result.get(key), value) if isinstance(value, Mapping) else value
    return result


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data
