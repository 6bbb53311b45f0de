"""The right to send: is the target there, is the reply allowed, has it been sent before, is there quota left.

The order of the checks is our choice, for no source shows two mistakes in one request: target, anchor (`msg_id`,
`event_id`) or the right to send without one, shape, then the (anchor, `msg_seq`) ledger and the quotas. A check changes
nothing; `commit` enters what was accepted, so that a rejected request consumes nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.events.events import timestamp
from fakeqq.core.sending import bodies
from fakeqq.wire import limits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fakeqq.core.media.media import MediaFile
    from fakeqq.core.people import People, Scene
    from fakeqq.core.sending.bodies import Content
    from fakeqq.core.settings import WorldSettings
    from fakeqq.core.world import World

# Inbound messages a reply can still name; far more than any reply window holds. Our choice.
ANCHOR_LIMIT = 20_000

TEXT = bodies.TEXT

# Five minutes for guild channels and direct messages too; the C2C window is a switch.
_FIVE_MINUTES = float(limits.GROUP_REPLY_WINDOW.value)

_NOT_IN_GROUP = {"40034101": "bot_not_in_group", "40054003": "bot_not_in_group_second_wording"}
_TOO_MANY = {
    "40034128": "passive_limit_exceeded",
    "40034128-documented": "passive_limit_exceeded_documented_wording",
    "500": "reply_limit_exceeded_old_wording",
}
_EXPIRED = {
    "first": "msg_id_expired",
    "second": "msg_id_expired_second_wording",
    "third": "msg_id_expired_third_wording",
}
_MESSAGE_EVENTS = frozenset({"C2C_MESSAGE_CREATE", "GROUP_AT_MESSAGE_CREATE", "GROUP_MESSAGE_CREATE"})


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


class Anchors:
    """Everything a reply can still name."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[str, Anchor] = OrderedDict()
        self._last_act: dict[str, float] = {}

    def add(self, anchor_id: str, anchor: Anchor) -> None:
        self._by_id[anchor_id] = anchor
        if anchor.scene == "c2c":
            self._last_act[anchor.openid] = anchor.at
        if len(self._by_id) > ANCHOR_LIMIT:
            self._by_id.popitem(last=False)

    def get(self, anchor_id: str) -> Anchor | None:
        return self._by_id.get(anchor_id)

    def items(self) -> Iterable[tuple[str, Anchor]]:
        return self._by_id.items()

    def last_act(self, openid: str) -> float | None:
        """World time at which a user last did something in C2C; None for never."""
        return self._last_act.get(openid)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request that passed every check.

    Attributes:
        anchor: what it answers, or None for a proactive message.
        msg_seq: 1 where the request left it out.
        reference: what it quotes, as the request says, or None.
        is_wakeup: whether it calls a silent user back.
        media: the file it shows, or None.
    """

    scene: Scene
    openid: str
    anchor: Anchor | None
    anchor_id: str | None
    msg_seq: int
    msg_type: int
    content: Content
    reference: str | None
    is_wakeup: bool
    media: MediaFile | None = None


def check(world: World, scene: Scene, openid: str, body: dict[str, Any], now: float) -> Outgoing:
    """Decide whether this request may be sent; changes nothing.

    Args:
        body: the request's JSON object. Unknown keys and nulls are tolerated, as the platform tolerates botpy's.
        now: world time, epoch seconds.

    Raises:
        PlatformError: the row that refuses it.
    """
    settings = world.settings
    check_sender(world)
    check_target(world.people, scene, openid, settings)
    anchor_id, anchor = find_anchor(world, scene, openid, body, now)
    is_wakeup = scene == "c2c" and bodies.flag(body, "is_wakeup")
    if anchor is None:
        check_proactive(world, scene, openid, now, is_wakeup=is_wakeup)
    elif is_wakeup:
        # Exclusive on this endpoint; what both together meet is our choice.
        raise PlatformError("request_malformed")
    msg_type = bodies.integer(body, "msg_type", TEXT)
    content = bodies.read(body, msg_type, scene, settings)
    media = None if content.file_info is None else _media(world, content.file_info, scene, now)
    reference = _reference(body.get("message_reference"))
    msg_seq = bodies.integer(body, "msg_seq", 1)
    if anchor is not None:
        check_ledger(anchor, msg_seq, settings, counts=_counts(content, settings))
    return Outgoing(scene, openid, anchor, anchor_id, msg_seq, msg_type, content, reference, is_wakeup, media)


def commit(world: World, outgoing: Outgoing, now: float) -> None:
    """Enter an accepted message in the ledger of what it answers, or in the quotas."""
    if outgoing.anchor is None:
        spend_proactive(world, outgoing.scene, outgoing.openid, now, is_wakeup=outgoing.is_wakeup)
        return
    outgoing.anchor.used_seqs.add(outgoing.msg_seq)
    outgoing.anchor.replies += _counts(outgoing.content, world.settings)


def receipt(world: World, message_id: str, ref_index: str | None, now: float) -> dict[str, Any]:
    """The answer to a message, or to a part of one, that was accepted."""
    answer: dict[str, Any] = {"id": message_id, "timestamp": timestamp(now)}
    if world.settings.switch("ext_info") == "present":
        answer["ext_info"] = {"ref_idx": ref_index}
    return answer


def check_sender(world: World) -> None:
    """Refuse a bot that is offline, in whatever sense the world's switch has.

    Raises:
        PlatformError: it is.
    """
    choice = world.settings.switch("offline_bot")
    is_unlisted = choice == "unlisted" and world.settings.standing != "listed"
    if is_unlisted or (choice == "disconnected" and not world.is_reached):
        raise PlatformError("bot_offline")


def check_target(people: People, scene: Scene, openid: str, settings: WorldSettings) -> None:
    """Refuse a receiver that does not exist or that the bot has no relation with.

    Raises:
        PlatformError: the row that says which.
    """
    if scene == "c2c":
        user = people.users.get(openid)
        if user is None:
            raise PlatformError("resource_not_found")
        if not user.is_friend:
            raise PlatformError("not_friend")
        return
    group = people.groups.get(openid)
    if group is None:
        raise PlatformError("resource_not_found")
    if not group.has_bot:
        raise PlatformError(_NOT_IN_GROUP[settings.switch("not_in_group")])
    if group.bot_muted:
        raise PlatformError("bot_muted")


def find_anchor(  # noqa: PLR0913 - whose message, where, when
    world: World, scene: Scene, openid: str, body: dict[str, Any], now: float, *, at_any_age: bool = False
) -> tuple[str | None, Anchor | None]:
    """What the request answers, as its id and itself; two None for a message that answers nothing.

    With both given, `event_id` is not looked at: https://github.com/tencent-connect/openclaw-qqbot/issues/252 shows a
    message id in it that was accepted.

    Args:
        at_any_age: the window is not looked at.

    Raises:
        PlatformError: it cannot be answered, or no longer.
    """
    settings = world.settings
    for key, refusal in (("msg_id", "msg_id_invalid"), ("event_id", "event_id_invalid")):
        given = body.get(key)
        if given in (None, ""):
            continue
        if not isinstance(given, str):
            raise PlatformError("request_malformed")
        anchor = world.anchors.get(given)
        if anchor is None or (anchor.scene, anchor.openid) != (scene, openid):
            raise PlatformError(refusal)
        if not anchor.repliable or (key == "event_id" and _is_refused_message_event(given, settings)):
            raise PlatformError("event_not_repliable")
        if now - anchor.at > reply_window(scene, settings) and not at_any_age:
            raise PlatformError(_expired(key, settings))
        return given, anchor
    return None, None


def check_proactive(world: World, scene: Scene, openid: str, now: float, *, is_wakeup: bool = False) -> None:
    """Refuse a message that answers nothing where the bot or the receiver does not allow it, or over a quota.

    Raises:
        PlatformError: the row that says which.
    """
    settings = world.settings
    if is_wakeup:
        world.quotas.check_wakeup(openid, world.anchors.last_act(openid), now)
        return
    if settings.switch("proactive") == "refused":
        raise PlatformError("proactive_refused")
    if scene == "c2c" and not world.people.users[openid].accepts:
        raise PlatformError("user_refused")
    if scene == "group" and not world.people.groups[openid].accepts:
        raise PlatformError("proactive_refused")
    world.quotas.check(scene, openid, settings.switch("proactive_quota"), now)


def spend_proactive(world: World, scene: Scene, openid: str, now: float, *, is_wakeup: bool = False) -> None:
    """Count an accepted message that answers nothing."""
    if is_wakeup:
        world.quotas.spend_wakeup(openid, world.anchors.last_act(openid), now)
    else:
        world.quotas.spend(scene, openid, now)


def check_ledger(anchor: Anchor, msg_seq: int, settings: WorldSettings, *, counts: bool = True) -> None:
    """Refuse a second message with the same number, and one message too many.

    Args:
        counts: whether this one uses up a reply.

    Raises:
        PlatformError: which of the two.
    """
    check_unused(anchor, msg_seq)
    if counts:
        check_count(anchor, settings)


def check_unused(anchor: Anchor, msg_seq: int) -> None:
    """Refuse a second message with the same number.

    Raises:
        PlatformError: it would be.
    """
    if msg_seq in anchor.used_seqs:
        raise PlatformError("message_duplicated")


def check_count(anchor: Anchor, settings: WorldSettings) -> None:
    """Refuse one reply too many.

    Raises:
        PlatformError: it would be.
    """
    limit = settings.switch("c2c_reply_count" if anchor.scene == "c2c" else "group_reply_count")
    if limit != "unenforced" and anchor.replies >= int(limit):
        raise PlatformError(_TOO_MANY[settings.switch("reply_limit_wording")])


def reply_window(scene: Scene, settings: WorldSettings) -> float:
    """Seconds in which something of a user's can be answered."""
    return float(settings.switch("c2c_reply_window")) if scene == "c2c" else _FIVE_MINUTES


def _counts(content: Content, settings: WorldSettings) -> bool:
    return content.typing_seconds is None or settings.switch("typing_counts") == "yes"


def _is_refused_message_event(event_id: str, settings: WorldSettings) -> bool:
    is_of_message = event_id.partition(":")[0] in _MESSAGE_EVENTS
    return is_of_message and settings.switch("message_event_reply") == "refused"


def _expired(key: str, settings: WorldSettings) -> str:
    return "event_id_expired" if key == "event_id" else _EXPIRED[settings.switch("expired_wording")]


def _media(world: World, file_info: str, scene: Scene, now: float) -> MediaFile:
    file = world.media.sendable(file_info, scene, now)
    if file is None:
        documented = world.settings.switch("file_info_wording") == "304080"
        raise PlatformError("file_info_invalid_documented" if documented else "file_info_invalid")
    return file


def _reference(reference: Any) -> str | None:
    if reference is None:
        return None
    if not isinstance(reference, dict):
        raise PlatformError("request_malformed")
    message_id = reference.get("message_id")
    if message_id is not None and not isinstance(message_id, str):
        raise PlatformError("request_malformed")
    return message_id or None
