"""Who plays in an event that a test asks for by its type alone: the world's first people, made on first need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fakeqq.core.events.payloads_messages import Bot, Said

if TYPE_CHECKING:
    from fakeqq.core.guild.guilds import Channel, Direct, Guild
    from fakeqq.core.identifiers import Identifiers
    from fakeqq.core.people import Group, People, User


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of one world at one moment; `at` is world time, epoch seconds."""

    people: People
    identifiers: Identifiers
    app_id: str
    bot: Bot
    at: float

    @property
    def user(self) -> User:
        return self.people.user()

    @property
    def openid(self) -> str:
        return self.user.openid

    @property
    def group(self) -> Group:
        return self.people.group(None)

    @property
    def guild(self) -> Guild:
        return self.people.guilds.guild()

    @property
    def channel(self) -> Channel:
        return self.people.guilds.channel()

    @property
    def direct(self) -> Direct:
        return self.people.guilds.direct(self.openid)

    @property
    def member_id(self) -> str:
        """The user's numeric id in guilds; the user is made a member of the first one."""
        return self.people.guilds.join(self.openid, self.user.name, self.guild.id, self.at).user_id

    def said(self, text: str = "你好", *, in_guild: bool = False) -> Said:
        """A message of the user's."""
        message_id = self.identifiers.guild_message_id() if in_guild else self.identifiers.message_id()
        ref_index = self.identifiers.ref_index()
        return Said(id=message_id, text=text, user=self.user, at=self.at, ref_index=ref_index)
