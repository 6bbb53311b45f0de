"""Access tokens of one bot: which is current, which still live, when a new one is due.

The same token is handed out inside its life; in its last 60 seconds a new one is issued and the old stays valid for
those seconds (https://bot.q.qq.com/wiki/develop/api-v2/dev-prepare/interface-framework/api-use.html).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Token:
    """`value` is the access token; `expires_at` is world time, epoch seconds."""

    value: str
    expires_at: float


class TokenLedger:
    """The tokens of one world.

    Args:
        make: returns a fresh token value.
        overlap: seconds before the end of a token's life in which its successor is issued.
    """

    def __init__(self, make: Callable[[], str], overlap: float) -> None:
        self._make = make
        self._overlap = overlap
        self._live: dict[str, Token] = {}
        self._current: Token | None = None

    def issue(self, lifetime: float, now: float) -> tuple[str, int]:
        """The token to hand out and its remaining life in whole seconds, at least 1.

        Args:
            lifetime: seconds a new token lives.
            now: world time, epoch seconds.
        """
        current = self._current
        # A life no longer than the overlap would make every call issue anew; half the life keeps the documented order.
        overlap = min(self._overlap, lifetime / 2)
        if current is None or current.expires_at - now <= overlap:
            current = Token(self._make(), now + lifetime)
            self._live = {value: token for value, token in self._live.items() if token.expires_at > now}
            self._live[current.value] = current
            self._current = current
        return current.value, max(1, int(current.expires_at - now))

    def is_valid(self, value: str, now: float) -> bool:
        token = self._live.get(value)
        return token is not None and token.expires_at > now

    def expires_at(self, value: str) -> float | None:
        """World time at which a token dies; None for one that is dead or was never issued."""
        token = self._live.get(value)
        return token.expires_at if token else None

    def revoke(self) -> list[str]:
        """End every token at once; the next issue is a different one. Returns the dead values."""
        dead = list(self._live)
        self._live.clear()
        self._current = None
        return dead
