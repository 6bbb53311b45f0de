"""How often a bot did something lately: what its budgets of logins and calls are counted by."""

from __future__ import annotations

from bisect import bisect_right

# Moments remembered; a day's logins and a storm on top. Our choice.
_KEPT = 100_000


class Window:
    """When something was done lately, on a clock that never goes back.

    A list, because most stay empty, and an empty deque takes 760 bytes.
    """

    __slots__ = ("_moments",)

    def __init__(self) -> None:
        self._moments: list[float] = []

    def note(self, now: float) -> None:
        if len(self._moments) == _KEPT:
            del self._moments[0]
        self._moments.append(now)

    def count(self, now: float, seconds: float) -> int:
        """How often in the last so many seconds; what is older is forgotten."""
        # Compared as differences: two sums of floats may be apart where their difference is exact.
        del self._moments[: bisect_right(self._moments, -seconds, key=lambda moment: moment - now)]
        return len(self._moments)

    def clears_in(self, now: float, seconds: float) -> float:
        """Seconds until the oldest is that old; all of them where there is none."""
        return self._moments[0] + seconds - now if self.count(now, seconds) else seconds

    def moments(self) -> list[float]:
        """What is remembered, oldest first."""
        return list(self._moments)

    def restore(self, moments: list[float]) -> None:
        """Remember these instead."""
        self._moments = sorted(moments)[-_KEPT:]


class Budgets:
    """What one bot has used.

    Attributes:
        starts: sessions made, by world time.
        recent_starts: the same, by steady time.
        token_calls: by world time.
        gateway_calls: `/gateway` and `/gateway/bot` together, by world time.
        calls: of operations with a rate of their own, by name and world time.
    """

    __slots__ = ("calls", "gateway_calls", "recent_starts", "starts", "token_calls")

    def __init__(self) -> None:
        self.starts = Window()
        self.recent_starts = Window()
        self.token_calls = Window()
        self.gateway_calls = Window()
        self.calls: dict[str, Window] = {}
