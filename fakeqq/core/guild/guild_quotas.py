"""Messages in guilds that answer nothing: how many of them a channel, a guild and a member get in a day.

Numbers: tencent-connect/bot-docs@645787a docs/develop/api-v2/server-inter/message/post_messages.md and
docs/develop/api-v2/server-inter/message/dms/post_dms_messages.md. The day is Beijing's, our choice.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from fakeqq.core.errors import PlatformError
from fakeqq.core.guild.guild_lookups import day

if TYPE_CHECKING:
    from fakeqq.core.guild.guilds import Channel, Direct, Guild

_CHANNELS_A_DAY = 2
_DIRECT_A_DAY, _DIRECT_TOTAL_A_DAY = 2, 200
_PER_SECOND = 5


class GuildQuotas:
    """What a bot has said in guilds without being asked, today, and how fast it speaks."""

    def __init__(self) -> None:
        self._day = 0
        self._channels: dict[str, dict[str, int]] = {}
        self._directs: dict[str, int] = {}
        self._spoken: dict[str, deque[float]] = {}

    def check_pace(self, room_id: str, now: float) -> None:
        """Five messages a second in one room.

        Raises:
            PlatformError: this is one more.
        """
        spoken = self._spoken.get(room_id)
        if spoken is not None and len(spoken) == _PER_SECOND and now - spoken[0] < 1:
            raise PlatformError("channel_rate_limited")

    def spoke(self, room_id: str, now: float) -> None:
        self._spoken.setdefault(room_id, deque(maxlen=_PER_SECOND)).append(now)

    def check_push(self, guild: Guild, channel: Channel, now: float) -> None:
        """So many a day in one channel, in two channels of one guild.

        Raises:
            PlatformError: too many.
        """
        self._turn(now)
        pushed = self._channels.get(guild.id, {})
        if pushed.get(channel.id, 0) >= guild.push_limit:
            raise PlatformError("channel_push_limited")
        if channel.id not in pushed and not guild.channel_ids and len(pushed) >= _CHANNELS_A_DAY:
            raise PlatformError("push_channels_limited")

    def pushed(self, guild: Guild, channel: Channel, now: float) -> None:
        self._turn(now)
        pushed = self._channels.setdefault(guild.id, {})
        pushed[channel.id] = pushed.get(channel.id, 0) + 1

    def check_direct(self, direct: Direct, now: float) -> None:
        """Two a day to one user, 200 to all.

        Raises:
            PlatformError: too many.
        """
        self._turn(now)
        if self._directs.get(direct.guild_id, 0) >= _DIRECT_A_DAY:
            raise PlatformError("direct_push_limited")
        if sum(self._directs.values()) >= _DIRECT_TOTAL_A_DAY:
            raise PlatformError("direct_push_total_limited")

    def sent_direct(self, direct: Direct, now: float) -> None:
        self._turn(now)
        self._directs[direct.guild_id] = self._directs.get(direct.guild_id, 0) + 1

    def _turn(self, now: float) -> None:
        if day(now) != self._day:
            self._day = day(now)
            self._channels.clear()
            self._directs.clear()
