"""Guilds: their channels, members and roles, and the direct messages in them. Every id there is a numeric string.

A world begins with no guild; the control API makes them. Shapes follow tencent-connect/bot-docs@645787a
docs/develop/api-v2/server-inter/channel/, and tencent-connect/bot-oas@d4ffa48.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from fakeqq.core.errors import ControlError, unknown
from fakeqq.core.guild.guild_content import Posted, Schedule, Thread  # noqa: TC001 - a snapshot is read by these types

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fakeqq.core.identifiers import Identifiers

Room = Literal["channel", "dm"]

# Guilds of a world, channels and members of a guild; enough for any test. Our choice.
GUILD_LIMIT = 10_000
# Messages kept in one channel or direct chat. Our choice.
ROOM_LIMIT = 1_000

# Channel types (docs/…/manage/channel/model.md).
TEXT, VOICE, CATEGORY, LIVE, APPLICATION, FORUM = 0, 2, 4, 10005, 10006, 10007
CHANNEL_TYPES = frozenset({TEXT, VOICE, CATEGORY, LIVE, APPLICATION, FORUM})
# The application of a schedule channel.
SCHEDULE_APPLICATION = "1000050"

# Roles that every guild has (docs/…/role/member/role_model.md): id, name, colour, hoist, limit.
EVERYONE, ADMINISTRATOR, OWNER, CHANNEL_ADMINISTRATOR = "1", "2", "4", "5"
_DEFAULT_ROLES = (
    (OWNER, "创建者", 4294917938, 1, 1),
    (ADMINISTRATOR, "管理员", 4280276644, 1, 50),
    (CHANNEL_ADMINISTRATOR, "子频道管理员", 4288922914, 0, 50),
    (EVERYONE, "全体成员", 4286151052, 0, 0),
)
DEFAULT_ROLE_IDS = frozenset(row[0] for row in _DEFAULT_ROLES)

# Permission bits (docs/…/role-group/channel_permissions/model.md).
VIEW, MANAGE, SPEAK, BROADCAST = 1, 2, 4, 8

# What a guild made by the control API begins with: name, type, application. Our choice.
DEFAULT_CHANNELS = (
    ("text", TEXT, ""),
    ("forum", FORUM, ""),
    ("voice", VOICE, ""),
    ("schedule", APPLICATION, SCHEDULE_APPLICATION),
)


@dataclass(slots=True)
class Role:
    """`hoist`: shown apart in the list of members, 0 or 1; `member_limit` 0: none."""

    id: str
    name: str
    color: int
    hoist: int
    member_limit: int


@dataclass(slots=True)
class Member:
    """`joined_at` and `muted_until` in epoch seconds of world time."""

    user_id: str
    name: str
    joined_at: float
    bot: bool = False
    nick: str = ""
    roles: list[str] = field(default_factory=lambda: [EVERYONE])
    muted_until: float = 0.0

    @property
    def is_administrator(self) -> bool:
        return ADMINISTRATOR in self.roles or OWNER in self.roles


@dataclass(slots=True)
class Channel:
    """A channel and all that is in it.

    Attributes:
        user_permissions: bits set for one user, in place of those that follow from roles.
        audio: what the bot plays: `audio_url`, `text`, and `status`; empty when nothing.
        on_mic: whether the bot is on the microphone.
        voices: members in a voice or live channel.
    """

    id: str
    guild_id: str
    name: str
    type: int = TEXT
    sub_type: int = 0
    position: int = 0
    parent_id: str = "0"
    owner_id: str = ""
    private_type: int = 0
    private_user_ids: list[str] = field(default_factory=list)
    speak_permission: int = 1
    application_id: str = ""
    user_permissions: dict[str, int] = field(default_factory=dict)
    role_permissions: dict[str, int] = field(default_factory=dict)
    administrators: set[str] = field(default_factory=set)
    pins: list[str] = field(default_factory=list)
    announced: str = ""
    schedules: dict[str, Schedule] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    audio: dict[str, Any] = field(default_factory=dict)
    on_mic: bool = False
    voices: list[str] = field(default_factory=list)

    @property
    def has_voice(self) -> bool:
        return self.type in (VOICE, LIVE)

    @property
    def is_schedule(self) -> bool:
        return self.type == APPLICATION and self.application_id == SCHEDULE_APPLICATION


@dataclass(slots=True)
class Guild:
    """One guild.

    Attributes:
        gone: who was put out and has not come back, by user id.
        messages: how many were said in it, for `seq`.
        muted_until: epoch seconds until which all but administrators are mute.
        announcement: the guild's announcement as the API shows it, or None.
        denied: operations the guild has not granted the bot.
        demands: world times at which the bot asked for an operation.
        silent, channel_ids, push_limit: the guild's setting for messages that answer nothing.
    """

    id: str
    name: str
    owner_id: str
    joined_at: float = 0.0
    description: str = ""
    channels: dict[str, Channel] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    blacklist: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    messages: int = 0
    muted_until: float = 0.0
    announcement: dict[str, Any] | None = None
    denied: set[str] = field(default_factory=set)
    demands: list[float] = field(default_factory=list)
    no_dms: bool = False
    silent: bool = False
    channel_ids: list[str] = field(default_factory=list)
    push_limit: int = 20

    def may_speak(self, user_id: str, now: float) -> bool:
        """Whether this member is not muted at this world time."""
        member = self.members.get(user_id)
        if member is None:
            return False
        return member.is_administrator or now >= max(self.muted_until, member.muted_until)

    def holders(self, role_id: str) -> list[Member]:
        return [member for member in self.members.values() if role_id in member.roles]

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "owner_id": self.owner_id,
            "channels": [
                {"id": channel.id, "name": channel.name, "type": channel.type} for channel in self.channels.values()
            ],
            "members": [
                {"user_id": member.user_id, "name": member.name, "bot": member.bot, "roles": member.roles}
                for member in self.members.values()
            ],
        }


@dataclass(frozen=True, slots=True)
class Direct:
    """A user's direct messages with the bot: a guild of two, made out of a real one."""

    guild_id: str
    channel_id: str
    source_guild_id: str
    user_id: str = ""
    created_at: float = 0.0


class Guilds:
    """The guilds of one world.

    Attributes:
        bot_id: who is in every guild from the start.
    """

    def __init__(self, identifiers: Identifiers) -> None:
        self._identifiers = identifiers
        self.bot_id = ""
        self._rooms: dict[tuple[Room, str], OrderedDict[str, Posted]] = {}
        self._guild_of_channel: dict[str, str] = {}
        self.by_id: dict[str, Guild] = {}
        self.directs: dict[str, Direct] = {}
        self.member_ids: dict[str, str] = {}

    def __iter__(self) -> Iterator[str]:
        """The ids of the guilds."""
        return iter(tuple(self.by_id))

    # -- making -----------------------------------------------------------------------------------------------------

    def add_guild(
        self,
        name: str | None = None,
        *,
        at: float = 0.0,
        guild_id: str | None = None,
        bot_is_administrator: bool = True,
        channels: bool = True,
    ) -> Guild:
        """A guild with its default roles and channels, its owner and the bot.

        Raises:
            ControlError: the world is full, or has this guild.
        """
        if len(self.by_id) >= GUILD_LIMIT:
            raise ControlError("too_many", f"a world holds at most {GUILD_LIMIT} guilds", status=409)
        if guild_id in self.by_id:
            raise ControlError("guild_exists", f"there is a guild {guild_id} already", status=409)
        owner = Member(self._identifiers.numeric(), "owner", at, roles=[EVERYONE, OWNER])
        guild_id = guild_id or self._identifiers.numeric()
        guild = Guild(guild_id, name or f"guild {len(self.by_id) + 1}", owner.user_id, joined_at=at)
        guild.roles = {row[0]: Role(*row) for row in _DEFAULT_ROLES}
        guild.members[owner.user_id] = owner
        roles = [EVERYONE, ADMINISTRATOR] if bot_is_administrator else [EVERYONE]
        guild.members[self.bot_id] = Member(self.bot_id, "bot", at, bot=True, roles=roles)
        self.by_id[guild.id] = guild
        for channel_name, kind, application in DEFAULT_CHANNELS if channels else ():
            self.add_channel(guild.id, channel_name, type=kind, application_id=application)
        return guild

    def add_channel(self, guild_id: str, name: str | None = None, **fields: Any) -> Channel:
        """A channel of a guild; `fields` are those of `Channel`.

        Raises:
            ControlError: no such guild, or it is full.
        """
        guild = self.known(guild_id)
        if len(guild.channels) >= GUILD_LIMIT:
            raise ControlError("too_many", f"a guild holds at most {GUILD_LIMIT} channels", status=409)
        channel_id = fields.pop("channel_id", None)
        while channel_id is None or channel_id in self._guild_of_channel:
            channel_id = self._identifiers.channel_id()
        place = {"owner_id": guild.owner_id, "position": len(guild.channels) + 1, **fields}
        channel = Channel(channel_id, guild.id, name or f"channel {len(guild.channels) + 1}", **place)
        guild.channels[channel.id] = channel
        self._guild_of_channel[channel.id] = guild.id
        return channel

    def remove_channel(self, channel: Channel) -> None:
        self.by_id[channel.guild_id].channels.pop(channel.id, None)
        self._guild_of_channel.pop(channel.id, None)
        self._rooms.pop(("channel", channel.id), None)

    def add_member(
        self, guild_id: str, name: str | None = None, *, at: float = 0.0, user_id: str | None = None
    ) -> Member:
        """A person in a guild.

        Raises:
            ControlError: no such guild, or it is full.
        """
        guild = self.known(guild_id)
        if len(guild.members) >= GUILD_LIMIT:
            raise ControlError("too_many", f"a guild holds at most {GUILD_LIMIT} members", status=409)
        user_id = user_id or self._identifiers.numeric()
        member = Member(user_id, name or f"member {len(guild.members) + 1}", at)
        return guild.members.setdefault(user_id, member)

    def join(self, openid: str, name: str, guild_id: str, at: float) -> Member:
        """The membership of a user of this world, made on first need."""
        return self.add_member(guild_id, name, at=at, user_id=self.member_id(openid))

    def open_dm(self, user_id: str, source_guild_id: str, at: float = 0.0) -> Direct:
        """The direct messages with a member; opening them again gives the same."""
        for direct in self.directs.values():
            if direct.user_id == user_id:
                return direct
        return self._open(user_id, user_id, source_guild_id, at)

    def restore(self, guilds: Iterable[Guild], directs: Mapping[str, Direct], member_ids: Mapping[str, str]) -> None:
        """What another world had; rooms follow by `keep`."""
        self.by_id |= {guild.id: guild for guild in guilds}
        self._guild_of_channel |= {channel: guild.id for guild in self.by_id.values() for channel in guild.channels}
        self.directs |= directs
        self.member_ids |= member_ids

    # -- finding ----------------------------------------------------------------------------------------------------

    def known(self, guild_id: str) -> Guild:
        """This guild.

        Raises:
            ControlError: no such guild.
        """
        if guild_id not in self.by_id:
            raise unknown("guild", guild_id, self.by_id, status=404)
        return self.by_id[guild_id]

    def find_channel(self, channel_id: str) -> Channel | None:
        guild = self.by_id.get(self._guild_of_channel.get(channel_id, ""))
        return guild.channels.get(channel_id) if guild else None

    def find_direct(self, guild_id: str) -> Direct | None:
        """The direct messages whose guild of two has this id."""
        return next((direct for direct in self.directs.values() if direct.guild_id == guild_id), None)

    def guild(self, guild_id: str | None = None) -> Guild:
        """This guild; without an id the first one. A guild that is not there is made, without channels.

        Raises:
            ControlError: the world is full.
        """
        if guild_id is None:
            guild_id = next(iter(self.by_id), None)
        if guild_id is None or guild_id not in self.by_id:
            return self.add_guild(guild_id=guild_id, channels=False)
        return self.by_id[guild_id]

    def channel(self, channel_id: str | None = None, guild_id: str | None = None) -> Channel:
        """This channel; without an id the guild's first one. What is not there is made.

        Raises:
            ControlError: the channel is in another guild, or the world is full.
        """
        found = None if channel_id is None else self.find_channel(channel_id)
        if found is not None:
            if guild_id not in (None, found.guild_id):
                raise ControlError(
                    "unknown_channel", f"channel {channel_id} is in guild {found.guild_id}, not in {guild_id}"
                )
            return found
        guild = self.guild(guild_id)
        if channel_id is None and guild.channels:
            return next(iter(guild.channels.values()))
        return self.add_channel(guild.id, channel_id=channel_id)

    def direct(self, openid: str, guild_id: str | None = None) -> Direct:
        """The direct messages of a user of this world, opened from a guild on first need."""
        if openid in self.directs:
            return self.directs[openid]
        user_id = self.member_id(openid)
        return self.find_user_direct(user_id) or self._open(openid, user_id, self.guild(guild_id).id, 0.0)

    def find_user_direct(self, user_id: str) -> Direct | None:
        return next((direct for direct in self.directs.values() if direct.user_id == user_id), None)

    def member_id(self, openid: str) -> str:
        """A user's numeric id in guilds, which is not the openid."""
        if openid not in self.member_ids:
            self.member_ids[openid] = self._identifiers.numeric()
        return self.member_ids[openid]

    # -- messages ---------------------------------------------------------------------------------------------------

    def keep(self, room: Room, room_id: str, message: Posted) -> Posted:
        """Put a message into a channel, or into direct messages (`room_id` is then the id of their guild of two)."""
        messages = self._rooms.setdefault((room, room_id), OrderedDict())
        messages[message.id] = message
        if len(messages) > ROOM_LIMIT:
            messages.popitem(last=False)
        return message

    def message(self, room: Room, room_id: str, message_id: str) -> Posted | None:
        messages = self._rooms.get((room, room_id))
        return messages.get(message_id) if messages else None

    def messages(self, room: Room, room_id: str) -> list[Posted]:
        return list(self._rooms.get((room, room_id), OrderedDict()).values())

    def room_of(self, message_id: str) -> tuple[Room, str] | None:
        """Where a message is, whatever its room."""
        return next((place for place, messages in self._rooms.items() if message_id in messages), None)

    def _open(self, key: str, user_id: str, source_guild_id: str, at: float) -> Direct:
        guild_id, channel_id = self._identifiers.numeric(), self._identifiers.channel_id()
        self.directs[key] = Direct(guild_id, channel_id, source_guild_id, user_id, at)
        return self.directs[key]
