"""A world as one JSON document, and a world made of it again.

What people have and said lasts, and what the platform remembers: users, groups, guilds, chats, what can still be
replied to and how often it was, budgets, streams, files, faults with their hits, the scenario with what waits in it,
the webhook's address with what is still to be delivered, the settings, the clock. What hangs on a connection ends:
sessions, tokens, the journal; and so does what is the server's: doors, neighbours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from fakeqq.core import snapshot_shelves
from fakeqq.core.errors import ControlError, must_be_json
from fakeqq.core.guild.guild_content import Posted
from fakeqq.core.guild.guilds import Direct, Guild, Room
from fakeqq.core.people import PEOPLE_LIMIT, ChatMessage, Group, Scene, User
from fakeqq.core.sending.messages import Anchor
from fakeqq.core.snapshot_shelves import Shelves

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fakeqq.core.clock import Instant
    from fakeqq.core.world import World

VERSION = 2
# Documents of the first version lack the shelves.
_READABLE = (1, VERSION)
# The year 3000: no calendar breaks before it. Our choice.
_LATEST = 32_503_680_000
# Larger integers are not the same number in every JSON reader.
_LARGEST = 2**53

_Time = Annotated[float, Meta(ge=0, le=_LATEST)]
_Digits = Annotated[str, Meta(pattern="^[0-9]{1,20}$")]


class Clock(Struct, forbid_unknown_fields=True):
    now: _Time
    speed: Annotated[float, Meta(gt=0, le=1000)]
    frozen: bool


class Chat(Struct, forbid_unknown_fields=True):
    scene: Scene
    openid: str
    messages: list[ChatMessage]


class Answerable(Struct, forbid_unknown_fields=True):
    """One message or event that replies may name, by any of its ids, and the ledger of those that did."""

    ids: list[str]
    scene: Scene
    openid: str
    at: _Time
    replies: int
    used_seqs: list[int]
    repliable: bool


class RoomMessage(Struct, forbid_unknown_fields=True):
    """`reactions` are (type, id, users)."""

    message: dict[str, Any]
    reactions: list[tuple[str, str, list[str]]]


class RoomContent(Struct, forbid_unknown_fields=True):
    room: Room
    id: str
    messages: list[RoomMessage]


class Snapshot(Struct, forbid_unknown_fields=True):
    """The document."""

    version: int
    app_id: _Digits
    secret: str | None
    bot_id: _Digits
    bot_openid: str
    settings: dict[str, Any]
    clock: Clock
    users: list[User]
    groups: list[Group]
    chats: list[Chat]
    anchors: list[Answerable]
    guilds: list[Guild]
    directs: dict[str, Direct]
    member_ids: dict[str, _Digits]
    rooms: list[RoomContent]
    shelves: Shelves | None = None


def take(world: World, now: Instant) -> dict[str, Any]:
    """The document of a world."""
    people = world.people
    snapshot = Snapshot(
        version=VERSION,
        app_id=world.app_id,
        secret=world.secret,
        bot_id=world.bot_id,
        bot_openid=world.bot_openid,
        settings=world.settings.model_dump(mode="json"),
        clock=Clock(now.world, world.clock.speed, world.clock.frozen),
        users=list(people.users.values()),
        groups=list(people.groups.values()),
        chats=[Chat(scene, openid, messages) for (scene, openid), messages in people.conversations().items()],
        anchors=list(_anchors(world)),
        guilds=list(people.guilds.by_id.values()),
        directs=people.guilds.directs,
        member_ids=people.guilds.member_ids,
        rooms=list(_rooms(world)),
        shelves=snapshot_shelves.take(world, now),
    )
    document: dict[str, Any] = msgspec.to_builtins(snapshot)
    return document


def read(document: Mapping[str, Any]) -> Snapshot:
    """Check a document.

    Raises:
        ControlError: it is not one, or of another version.
    """
    must_be_json(document)
    if document.get("version") not in _READABLE:
        message = f"this snapshot is of version {document.get('version')!r}; version {VERSION} can be read"
        raise ControlError("bad_snapshot", message)
    _refuse_giants(document)
    try:
        snapshot = msgspec.convert(document, Snapshot)
        for room in snapshot.rooms:
            for kept in room.messages:
                msgspec.convert(kept.message, Posted)
    except msgspec.ValidationError as error:
        raise ControlError("bad_snapshot", f"this is no snapshot: {error}") from None
    guild_ids = [guild.id for guild in snapshot.guilds]
    if not all(guild_id.isascii() and guild_id.isdecimal() for guild_id in guild_ids):
        raise ControlError("bad_snapshot", "this is no snapshot: a guild's id is not a number")
    if len(snapshot.users) + len(snapshot.groups) > PEOPLE_LIMIT:
        raise ControlError("too_many", f"a world holds at most {PEOPLE_LIMIT} users and groups", status=409)
    return snapshot


def restore(world: World, snapshot: Snapshot, real: float) -> None:
    """Fill a fresh world, whose settings are those of the snapshot already.

    Args:
        real: the shell's monotonic seconds.
    """
    world.bot_id = world.guilds.bot_id = snapshot.bot_id
    world.bot_openid = snapshot.bot_openid
    world.clock.set_speed(snapshot.clock.speed, real)
    world.clock.world = snapshot.clock.now
    world.clock.set_frozen(snapshot.clock.frozen, real)
    people, guilds = world.people, world.people.guilds
    people.users |= {user.openid: user for user in snapshot.users}
    people.groups |= {group.group_openid: group for group in snapshot.groups}
    for chat in snapshot.chats:
        for message in chat.messages:
            message.generating = message.generating and snapshot.shelves is not None
            people.show(chat.scene, chat.openid, message)
    guilds.restore(snapshot.guilds, snapshot.directs, snapshot.member_ids)
    for room in snapshot.rooms:
        for kept in room.messages:
            posted = msgspec.convert(kept.message, Posted)
            posted.reactions = {(kind, emoji): users for kind, emoji, users in kept.reactions}
            guilds.keep(room.room, room.id, posted)
    for row in snapshot.anchors:
        anchor = Anchor(row.scene, row.openid, row.at, row.replies, set(row.used_seqs), row.repliable)
        for anchor_id in row.ids:
            world.anchors.add(anchor_id, anchor)
    if snapshot.shelves is not None:
        snapshot_shelves.restore(world, snapshot.shelves, world.clock.at(real))


def _anchors(world: World) -> Iterator[Answerable]:
    """Each anchor once, with all ids that name it."""
    ids: dict[int, list[str]] = {}
    anchors: dict[int, Anchor] = {}
    for anchor_id, anchor in world.anchors.items():
        ids.setdefault(id(anchor), []).append(anchor_id)
        anchors[id(anchor)] = anchor
    for key, anchor in anchors.items():
        seqs = sorted(anchor.used_seqs)
        yield Answerable(ids[key], anchor.scene, anchor.openid, anchor.at, anchor.replies, seqs, anchor.repliable)


def _rooms(world: World) -> Iterator[RoomContent]:
    guilds = world.people.guilds
    places: list[tuple[Room, str]] = [
        ("channel", channel_id) for guild in guilds.by_id.values() for channel_id in guild.channels
    ]
    places += [("dm", direct.guild_id) for direct in guilds.directs.values()]
    for room, room_id in places:
        messages = guilds.messages(room, room_id)
        if messages:
            yield RoomContent(room, room_id, [_room_message(message) for message in messages])


def _room_message(posted: Posted) -> RoomMessage:
    fields = {name: getattr(posted, name) for name in Posted.__dataclass_fields__ if name != "reactions"}
    reactions = [(kind, emoji, users) for (kind, emoji), users in posted.reactions.items()]
    return RoomMessage(msgspec.to_builtins(fields), reactions)


def _refuse_giants(document: Any) -> None:
    """Times beyond every calendar, and integers that JSON readers disagree on."""
    waiting = [("", document)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.items()
        elif isinstance(value, list):
            waiting += [(name, part) for part in value]
        elif isinstance(value, int | float):
            is_time = name.endswith(("at", "until", "demands"))
            if abs(value) > (_LATEST if is_time else _LARGEST):
                raise ControlError("bad_snapshot", f"this is no snapshot: {name} is {value}")
