"""Messages that answer nothing: how many of them one bot, and one receiver, may get."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fakeqq.core.errors import PlatformError
from fakeqq.wire import limits

if TYPE_CHECKING:
    from fakeqq.core.people import Scene

_SECOND, _MINUTE, _DAY, _MONTH = 1.0, 60.0, 86_400.0, 30 * 86_400.0
# The bot's own numbers for each scene, as (messages, seconds); a receiver's follow.
_BOT: dict[str, dict[str, tuple[tuple[int, float], ...]]] = {
    "verified": {
        "c2c": ((limits.PROACTIVE_C2C_PER_SECOND.value, _SECOND),),
        "group": ((limits.PROACTIVE_GROUP_PER_MINUTE.value, _MINUTE),),
    },
    "unverified": {
        "c2c": (
            (limits.PROACTIVE_C2C_UNVERIFIED_PER_SECOND.value, _SECOND),
            (limits.PROACTIVE_UNVERIFIED_PER_MINUTE.value, _MINUTE),
        ),
        "group": ((limits.PROACTIVE_UNVERIFIED_PER_MINUTE.value, _MINUTE),),
    },
}
_RECEIVER = (
    (limits.PROACTIVE_RECEIVER_PER_MINUTE.value, _MINUTE),
    (limits.PROACTIVE_RECEIVER_PER_DAY.value, _DAY),
)
_RECEIVER_MONTHLY = ((limits.PROACTIVE_PER_MONTH.value, _MONTH),)
# No window holds more than this many messages.
_KEPT = limits.PROACTIVE_RECEIVER_PER_DAY.value


@dataclass(slots=True)
class Wakeups:
    """The periods used since a user spoke at `spoke`."""

    spoke: float
    used: set[int] = field(default_factory=set)


class ProactiveQuotas:
    """What a world's bot has sent without being asked. Windows slide, our choice: the documents print numbers only."""

    def __init__(self) -> None:
        self._sent: dict[tuple[str, str], deque[float]] = {}
        self._wakeups: dict[str, Wakeups] = {}

    def check(self, scene: Scene, openid: str, choice: str, now: float) -> None:
        """Refuse a message over a quota; changes nothing.

        Args:
            choice: of the switch `proactive_quota`.

        Raises:
            PlatformError: too many.
        """
        if choice == "off":
            return
        if choice == "monthly":
            self._demand((scene, openid), _RECEIVER_MONTHLY, now, "msg_limit_exceed")
            return
        self._demand((scene, ""), _BOT[choice][scene], now, "proactive_rate_limited")
        self._demand((scene, openid), _RECEIVER, now, "proactive_rate_limited")

    def spend(self, scene: Scene, openid: str, now: float) -> None:
        """Count a message that was accepted."""
        for key in ((scene, ""), (scene, openid)):
            self._sent.setdefault(key, deque(maxlen=_KEPT)).append(now)

    def check_wakeup(self, openid: str, spoke: float | None, now: float) -> None:
        """Refuse a second message in one period, or one to a user who has been silent for too long.

        Args:
            spoke: when the user last did something, world time; None for never.

        Raises:
            PlatformError: not now.
        """
        period = _period(spoke, now)
        if spoke is None or period is None:
            raise PlatformError("wakeup_not_supported")
        known = self._wakeups.get(openid)
        if known is not None and known.spoke == spoke and period in known.used:
            raise PlatformError("wakeup_limit_reached")

    def spend_wakeup(self, openid: str, spoke: float | None, now: float) -> None:
        period = _period(spoke, now)
        if spoke is None or period is None:
            return
        known = self._wakeups.get(openid)
        if known is None or known.spoke != spoke:
            known = self._wakeups[openid] = Wakeups(spoke)
        known.used.add(period)

    def _demand(self, key: tuple[str, str], windows: tuple[tuple[int, float], ...], now: float, refusal: str) -> None:
        sent = self._sent.get(key, ())
        for allowed, seconds in windows:
            if len(sent) >= allowed and now - sent[-allowed] < seconds:
                raise PlatformError(refusal)


def _period(spoke: float | None, now: float) -> int | None:
    """Which of the documented periods this moment lies in; None after the last."""
    if spoke is None:
        return None
    period = bisect_right(limits.WAKEUP_PERIOD_DAYS, (now - spoke) / _DAY)
    return period if period < len(limits.WAKEUP_PERIOD_DAYS) else None
