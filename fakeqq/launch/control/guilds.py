"""Guilds, as their owners run them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.launch.control.calls import WorldCalls, given

if TYPE_CHECKING:
    from fakeqq.launch.control.calls import Json


class Guilds(WorldCalls):
    """Guilds, their channels and members, and what stands in them."""

    def guilds(self) -> list[Json]:
        """Every guild that has the bot."""
        return list(self._call("GET", "/guilds")["guilds"])

    def guild(self, name: str | None = None, **wishes: Any) -> Json:
        """A guild takes the bot in: GUILD_CREATE.

        `wishes` are those of `change_guild`, and `channels`: False leaves out the four it begins with.
        """
        return self._call("POST", "/guilds", given(name=name, **wishes))

    def guild_view(self, guild_id: str) -> Json:
        """One guild: its channels, its members, and what it allows the bot."""
        return self._call("GET", f"/guilds/{guild_id}")

    def change_guild(self, guild_id: str, **changes: Any) -> Json:
        """What the guild is called and allows the bot, such as `denied`, `no_dms`, `push_limit`: GUILD_UPDATE."""
        return self._call("PATCH", f"/guilds/{guild_id}", changes)

    def delete_guild(self, guild_id: str) -> Json:
        """The guild is gone, or has removed the bot: GUILD_DELETE."""
        return self._call("DELETE", f"/guilds/{guild_id}")

    def channel(self, guild_id: str, name: str | None = None, **wishes: Any) -> Json:
        """The owner makes a channel, of `type` 0 (text) unless told otherwise: CHANNEL_CREATE."""
        return self._call("POST", f"/guilds/{guild_id}/channels", given(name=name, **wishes))

    def member(self, guild_id: str, name: str | None = None, user: str | None = None) -> Json:
        """A user of the world, or without one a stranger, joins the guild: GUILD_MEMBER_ADD."""
        return self._call("POST", f"/guilds/{guild_id}/members", given(name=name, user=user))

    def channel_view(self, channel_id: str) -> Json:
        """All that stands in a channel: messages, pins, threads, what is heard there."""
        return self._call("GET", f"/channels/{channel_id}")

    def visit_voice(self, channel_id: str, user_id: str, *, inside: bool = True) -> Json:
        """A member enters a voice channel, or leaves it: AUDIO_OR_LIVE_CHANNEL_MEMBER_ENTER or …_EXIT."""
        return self._call("POST", f"/channels/{channel_id}/voice", {"user_id": user_id, "inside": inside})

    def direct_chats(self) -> list[Json]:
        """Every open direct chat, with what was said in it."""
        return list(self._call("GET", "/dms")["dms"])
