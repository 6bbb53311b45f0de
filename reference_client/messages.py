"""Messages of all five scenes, read leniently, and the route that answers each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from fakeqq.wire.limits import C2C_REPLY_COUNT, GROUP_REPLY_COUNT
from reference_client.outputs import Event


class Scene(StrEnum):
    """Where people talk to the bot."""

    C2C = "c2c"
    GROUP = "group"
    CHANNEL = "channel"
    DIRECT = "direct"


REPLIES: Mapping[Scene, int] = MappingProxyType(
    {Scene.C2C: C2C_REPLY_COUNT.value, Scene.GROUP: GROUP_REPLY_COUNT.value}
)
"""Passive replies that one message allows; of the other scenes no number is known."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message to the bot.

    Attributes:
        scene: where it was said.
        id: its message id: the `msg_id` of a passive reply.
        text: what was said, surrounding blanks removed; "" for a picture alone.
        author: the speaker's openid, or user id in a channel; "" when absent.
        by_bot: whether another bot said it; answering those makes loops.
        operation: the documented route of an answer, for logs.
        path: that route with its parameters filled in.
        raw: the event's `d`, as it came.
    """

    scene: Scene
    id: str
    text: str
    author: str
    by_bot: bool
    operation: str
    path: str
    raw: dict[str, Any]


_Finder = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class _Kind:
    scene: Scene
    route: str
    target: _Finder
    author: _Finder


def _of_author(key: str) -> _Finder:
    def find(data: dict[str, Any]) -> Any:
        author = data.get("author")
        return author.get(key) if isinstance(author, dict) else None

    return find


def _of_message(key: str) -> _Finder:
    return lambda data: data.get(key)


_C2C = _Kind(Scene.C2C, "/v2/users/{}/messages", _of_author("user_openid"), _of_author("user_openid"))
_GROUP = _Kind(Scene.GROUP, "/v2/groups/{}/messages", _of_message("group_openid"), _of_author("member_openid"))
_CHANNEL = _Kind(Scene.CHANNEL, "/channels/{}/messages", _of_message("channel_id"), _of_author("id"))
_DIRECT = _Kind(Scene.DIRECT, "/dms/{}/messages", _of_message("guild_id"), _of_author("id"))

_KINDS = MappingProxyType(
    {
        "C2C_MESSAGE_CREATE": _C2C,
        "GROUP_AT_MESSAGE_CREATE": _GROUP,
        "GROUP_MESSAGE_CREATE": _GROUP,
        "AT_MESSAGE_CREATE": _CHANNEL,
        "MESSAGE_CREATE": _CHANNEL,
        "DIRECT_MESSAGE_CREATE": _DIRECT,
    }
)


def read_message(event: Event) -> Incoming | None:
    """The message in `event`; None when it is none, or lacks what an answer needs."""
    kind = _KINDS.get(event.type)
    data = event.data
    if kind is None or not isinstance(data, dict):
        return None
    target, message_id = kind.target(data), data.get("id")
    if not (isinstance(target, str) and target and isinstance(message_id, str) and message_id):
        return None
    text, author = data.get("content"), kind.author(data)
    return Incoming(
        scene=kind.scene,
        id=message_id,
        text=text.strip() if isinstance(text, str) else "",
        author=author if isinstance(author, str) else "",
        by_bot=_of_author("bot")(data) is True,
        operation=f"POST {kind.route.format('{openid}' if kind.route.startswith('/v2') else '{id}')}",
        path=kind.route.format(quote(target, safe="")),
        raw=data,
    )


def halves(text: str) -> tuple[str, str]:
    """A text of two or more characters in two parts, neither blank, cut at a line's end or a blank."""
    middle = len(text) // 2
    for mark in ("\n", " "):
        ends = [at + 1 for at in range(len(text) - 1) if text[at] == mark and text[:at].strip() and text[at:].strip()]
        if ends:
            end = min(ends, key=lambda at: abs(at - middle))
            return text[:end], text[end:]
    return text[:middle], text[middle:]


def join_parts(texts: Sequence[str], most: int | None) -> list[str]:
    """At most `most` messages that say it all: what does not fit is joined into the last one, line by line.

    The end of an answer matters most, and a message too many is refused (openclaw/openclaw#104634).
    """
    if most is None or len(texts) <= most:
        return list(texts)
    alone = max(most, 1) - 1
    return [*texts[:alone], "\n".join(texts[alone:])]
