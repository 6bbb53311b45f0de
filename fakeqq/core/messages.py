"""Sending to users and groups: is the target there, is the reply allowed, has it been sent before, is it well formed.

The order of the checks is our choice, for no source shows two mistakes in one request: target, anchor (`msg_id`,
`event_id`), shape, then the (anchor, `msg_seq`) ledger. A rejected request consumes nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.wire import limits

if TYPE_CHECKING:
    from fakeqq.core.people import Scene
    from fakeqq.core.settings import WorldSettings

# Inbound messages a reply can still name; far more than any reply window holds. Our choice.
ANCHOR_LIMIT = 20_000

_WINDOW: dict[str, float] = {
    "c2c": float(limits.C2C_REPLY_WINDOW.value),
    "group": float(limits.GROUP_REPLY_WINDOW.value),
    # Five minutes for guild channels and direct messages too.
    "channel": float(limits.GROUP_REPLY_WINDOW.value),
    "dm": float(limits.GROUP_REPLY_WINDOW.value),
}

# msg_type of the two chat scenes (https://bot.q.qq.com/wiki, sending messages); 4, embed, is for guilds only.
TEXT, MARKDOWN, ARK, INPUT_NOTIFY, MEDIA = 0, 2, 3, 6, 7
_TYPES = frozenset({TEXT, MARKDOWN, ARK, INPUT_NOTIFY, MEDIA})


@dataclass(slots=True)
class Anchor:
    """Something of a user's that a passive reply may name: a message or an event.

    Attributes:
        at: world time it was sent, epoch seconds.
        replies: passive replies accepted so far.
        repliable: whether this kind of event can be answered at all.
    """

    scene: Scene
    openid: str
    at: float
    replies: int = 0
    used_seqs: set[int] = field(default_factory=set)
    repliable: bool = True


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request that passed every check.

    Attributes:
        anchor: what it answers, or None for a proactive message.
        msg_seq: 1 where the request left it out.
    """

    anchor: Anchor | None
    anchor_id: str | None
    msg_seq: int
    msg_type: int
    text: str


class Anchors:
    """Everything a reply can still name."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[str, Anchor] = OrderedDict()

    def add(self, anchor_id: str, anchor: Anchor) -> None:
        self._by_id[anchor_id] = anchor
        if len(self._by_id) > ANCHOR_LIMIT:
            self._by_id.popitem(last=False)

    def get(self, anchor_id: str) -> Anchor | None:
        return self._by_id.get(anchor_id)


def check(  # noqa: PLR0913 - everything a message's right depends on
    body: dict[str, Any], scene: Scene, openid: str, anchors: Anchors, settings: WorldSettings, now: float
) -> Outgoing:
    """Decide whether this request may be sent; changes nothing.

    Args:
        body: the request's JSON object. Unknown keys and nulls are tolerated, as the platform tolerates botpy's.
        now: world time, epoch seconds.

    Raises:
        PlatformError: the row that refuses it.
    """
    anchor_id, anchor = _anchor(body, scene, openid, anchors, settings, now)
    msg_type = _integer(body, "msg_type", TEXT)
    if msg_type not in _TYPES:
        raise PlatformError("message_type_invalid")
    text = _text(body, msg_type)
    msg_seq = _integer(body, "msg_seq", 1)
    if anchor is not None:
        if msg_seq in anchor.used_seqs:
            raise PlatformError("message_duplicated")
        _check_count(anchor, settings)
    return Outgoing(anchor, anchor_id, msg_seq, msg_type, text)


def commit(outgoing: Outgoing) -> None:
    """Enter an accepted message in the ledger of what it answers."""
    if outgoing.anchor is not None:
        outgoing.anchor.used_seqs.add(outgoing.msg_seq)
        outgoing.anchor.replies += 1


def _anchor(  # noqa: PLR0913 - as above
    body: dict[str, Any], scene: Scene, openid: str, anchors: Anchors, settings: WorldSettings, now: float
) -> tuple[str | None, Anchor | None]:
    # With both given, event_id is not looked at: https://github.com/tencent-connect/openclaw-qqbot/issues/252 shows
    # a message id in it that was accepted.
    for key, refusal in (("msg_id", "msg_id_invalid"), ("event_id", "event_id_invalid")):
        given = body.get(key)
        if given in (None, ""):
            continue
        if not isinstance(given, str):
            raise PlatformError("request_malformed")
        anchor = anchors.get(given)
        if anchor is None or (anchor.scene, anchor.openid) != (scene, openid):
            raise PlatformError(refusal)
        if not anchor.repliable:
            raise PlatformError("event_not_repliable")
        if now - anchor.at > _WINDOW[scene]:
            raise PlatformError(_expired(key, settings))
        return given, anchor
    if settings.switch("proactive") == "refused":
        raise PlatformError("proactive_refused")
    return None, None


def _expired(key: str, settings: WorldSettings) -> str:
    if key == "event_id":
        return "event_id_expired"
    second = settings.switch("expired_wording") == "second"
    return "msg_id_expired_second_wording" if second else "msg_id_expired"


def _check_count(anchor: Anchor, settings: WorldSettings) -> None:
    limit = settings.switch("c2c_reply_count") if anchor.scene == "c2c" else limits.GROUP_REPLY_COUNT.value
    if limit != "unenforced" and anchor.replies >= int(limit):
        raise PlatformError("passive_limit_exceeded")


def _text(body: dict[str, Any], msg_type: int) -> str:
    """The text a user sees, after the shape each type demands."""
    return _READERS.get(msg_type, _caption)(body)


def _plain_text(body: dict[str, Any]) -> str:
    content = body.get("content")
    if content is not None and not isinstance(content, str):
        raise PlatformError("request_malformed")
    if not content:
        raise PlatformError("content_invalid")
    return content


def _markdown(body: dict[str, Any]) -> str:
    markdown = body.get("markdown")
    if not isinstance(markdown, dict):
        raise PlatformError("markdown_invalid")
    content = markdown.get("content")
    if isinstance(content, str):
        return content
    if not markdown.get("custom_template_id") and not body.get("keyboard"):
        raise PlatformError("markdown_invalid")
    return ""


def _media(body: dict[str, Any]) -> str:
    media = body.get("media")
    if not isinstance(media, dict):
        raise PlatformError("request_malformed")
    if not isinstance(media.get("file_info"), str) or not media["file_info"]:
        raise PlatformError("file_info_invalid")
    return _caption(body)


def _caption(body: dict[str, Any]) -> str:
    content = body.get("content")
    return content if isinstance(content, str) else ""


_READERS = {TEXT: _plain_text, MARKDOWN: _markdown, MEDIA: _media}


def _integer(body: dict[str, Any], key: str, default: int) -> int:
    value = body.get(key)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool):
        raise PlatformError("request_malformed")
    return value
