"""Who lives in a world: users, groups, and what each of them finally sees of the bot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from fakeqq.core.errors import ControlError, unknown
from fakeqq.core.guild.guilds import Guilds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fakeqq.core.identifiers import Identifiers

Scene = Literal["c2c", "group", "channel", "dm"]

# People one world may hold; enough for any test, small enough that a runaway loop is noticed. Our choice.
PEOPLE_LIMIT = 10_000
# Messages kept per chat; older ones leave the view, not the journal. Our choice.
CHAT_LIMIT = 1_000


@dataclass(slots=True)
class ChatMessage:
    """One message as it stands in the chat window.

    Attributes:
        sender: `user` or `bot`.
        reply_to: the inbound message a passive reply answers, or None.
        at: world time, epoch seconds.
        ref_index: what a quote of this message refers to.
        keyboard: the buttons under a message of the bot's, as it sent them.
        reference: the id of the message that this one quotes, or None.
        media: the file shown, or None.
        stream: which kind of stream made it, or None.
        generating: whether its stream is still open.
        guide: the interactive part under a stream: `text`, `prompt_keyboard`, `action_button`; None without one.
    """

    sender: Literal["user", "bot"]
    id: str
    text: str
    msg_type: int
    at: float
    reply_to: str | None = None
    recalled: bool = False
    ref_index: str | None = None
    keyboard: Any = None
    reference: str | None = None
    media: dict[str, Any] | None = None
    stream: Literal["s1", "s2"] | None = None
    generating: bool = False
    guide: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "from": self.sender,
            "id": self.id,
            "text": self.text,
            "msg_type": self.msg_type,
            "reply_to": self.reply_to,
            "at": self.at,
            "recalled": self.recalled,
            "reference": self.reference,
            "keyboard": self.keyboard,
            "media": self.media,
            "stream": self.stream,
            "generating": self.generating,
            "guide": self.guide,
        }


@dataclass(slots=True)
class User:
    """`is_friend`: has added the bot; `accepts`: takes messages that answer nothing."""

    openid: str
    name: str
    is_friend: bool = True
    accepts: bool = True

    def as_json(self) -> dict[str, Any]:
        return {"openid": self.openid, "name": self.name, "is_friend": self.is_friend, "accepts": self.accepts}


@dataclass(slots=True)
class GroupRecords:
    """What a group remembers of people, by openid; times are world time.

    Attributes:
        joined_at: of those who joined while somebody looked.
        gone: who has left or was put out, and has not come back.
        requests: applications by their id, as the API lists them.
    """

    joined_at: dict[str, float] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    muted_until: dict[str, float] = field(default_factory=dict)
    blacklist: dict[str, float] = field(default_factory=dict)
    requests: dict[str, dict[str, Any]] = field(default_factory=dict)

    def since(self, openid: str) -> float:
        """When somebody joined; the beginning of time for those who were there first."""
        return self.joined_at.get(openid, 0.0)


@dataclass(slots=True)
class Group:
    """A group chat.

    Attributes:
        has_bot: whether the bot is in it.
        accepts: whether it takes messages that answer nothing.
        full: whether the bot gets every message; None follows the world's switch.
        bot_muted: whether the bot may not speak in it.
        bot_is_admin: whether the bot may recall what others said, mute them, and let others in.
    """

    group_openid: str
    name: str
    members: list[str] = field(default_factory=list)
    has_bot: bool = True
    accepts: bool = True
    full: bool | None = None
    bot_muted: bool = False
    bot_is_admin: bool = False
    records: GroupRecords = field(default_factory=GroupRecords)

    def as_json(self) -> dict[str, Any]:
        return {
            "group_openid": self.group_openid,
            "name": self.name,
            "members": self.members,
            "has_bot": self.has_bot,
            "accepts": self.accepts,
            "full": self.full,
            "bot_muted": self.bot_muted,
            "bot_is_admin": self.bot_is_admin,
        }


class People:
    """The users, groups and guilds of one world and the chats the bot has with them."""

    def __init__(self, identifiers: Identifiers) -> None:
        self._identifiers = identifiers
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.guilds = Guilds(identifiers)
        self._chats: dict[tuple[Scene, str], list[ChatMessage]] = {}

    def add_user(self, name: str | None = None) -> User:
        self._refuse_crowd()
        user = User(self._identifiers.openid(), name or f"user {len(self.users) + 1}")
        self.users[user.openid] = user
        return user

    def add_group(self, name: str | None = None, members: Iterable[str] = ()) -> Group:
        self._refuse_crowd()
        joined = [self.user(openid).openid for openid in members]
        group = Group(self._identifiers.openid(), name or f"group {len(self.groups) + 1}", joined)
        self.groups[group.group_openid] = group
        return group

    def user(self, openid: str | None = None) -> User:
        """The user with this openid; without one, the world's default user, made on first need.

        Raises:
            ControlError: no such user.
        """
        if openid is None:
            return next(iter(self.users.values()), None) or self.add_user()
        if openid not in self.users:
            raise unknown("user", openid, self.users, status=404)
        return self.users[openid]

    def group(self, group_openid: str | None) -> Group:
        """The group with this openid; without one, the world's first group, made on first need.

        Raises:
            ControlError: no such group.
        """
        if group_openid is None:
            return next(iter(self.groups.values()), None) or self.add_group()
        if group_openid not in self.groups:
            raise unknown("group", group_openid, self.groups, status=404)
        return self.groups[group_openid]

    def knows(self, scene: Scene, openid: str) -> bool:
        match scene:
            case "c2c":
                return openid in self.users
            case "group":
                return openid in self.groups
            case "channel":
                return any(openid in guild.channels for guild in self.guilds.by_id.values())
            case "dm":
                return any(openid == direct.guild_id for direct in self.guilds.directs.values())

    def show(self, scene: Scene, openid: str, message: ChatMessage) -> None:
        chat = self._chats.setdefault((scene, openid), [])
        chat.append(message)
        if len(chat) > CHAT_LIMIT:
            # A stream that is still open must be there when it ends; only where all are open, the oldest goes.
            oldest = next((index for index, earlier in enumerate(chat[:-1]) if not earlier.generating), 0)
            del chat[oldest]

    def find_message(self, scene: Scene, openid: str, message_id: str) -> ChatMessage | None:
        chat = self._chats.get((scene, openid), ())
        return next((message for message in chat if message.id == message_id), None)

    def quoted(self, scene: Scene, openid: str, reference: str, *, by_id: bool) -> str | None:
        """The id of the message in this chat that a `REFIDX_…`, or with `by_id` also a message id, refers to."""
        for message in reversed(self._chats.get((scene, openid), ())):
            if message.ref_index == reference or (by_id and message.id == reference):
                return message.id
        return None

    def conversations(self) -> Mapping[tuple[Scene, str], list[ChatMessage]]:
        """Every chat by its scene and its owner."""
        return self._chats

    def chats(self, openid: str | None = None) -> list[dict[str, Any]]:
        return [
            {"scene": scene, "openid": owner, "messages": [message.as_json() for message in messages]}
            for (scene, owner), messages in self._chats.items()
            if openid in (None, owner)
        ]

    def _refuse_crowd(self) -> None:
        if len(self.users) + len(self.groups) >= PEOPLE_LIMIT:
            raise ControlError("too_many", f"a world holds at most {PEOPLE_LIMIT} users and groups", status=409)
