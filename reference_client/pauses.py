"""What a limit that one send met means for the others: they wait, too, and come back one by one.

If each send found out for itself, a burst that was too fast would be answered with as many refusals, again and again.
"""

from dataclasses import dataclass

from reference_client.answers import Answer

PACE = 0.2
"""Seconds between two sends of a scope after its pause: a limited chat is let in by twenty a minute and more
(https://bot.q.qq.com/wiki, overview of sending), and what comes too soon is paused again."""

FORGOTTEN_AFTER = 60.0
"""Seconds without another refusal after which a scope is as any other: the limits are counted by the minute."""

EVERYWHERE = ""
"""The scope of limits that are the bot's and not a chat's."""

_OF_ONE_CHAT = frozenset({22009, 40034100})
_OF_ONE_STREAM = frozenset({50002})


@dataclass(slots=True)
class _Scope:
    next: float
    refused_at: float


class Pauses:
    """Scopes that were refused lately: chats, by what their paths have in common, and the whole bot."""

    def __init__(self) -> None:
        self._scopes: dict[str, _Scope] = {}

    def refused(self, path: str, answer: Answer, wait: float, now: float) -> None:
        """A send to `path` was too fast, and waits for `wait` seconds."""
        if set(answer.codes) & _OF_ONE_STREAM:
            return
        self._scopes = {key: scope for key, scope in self._scopes.items() if now - scope.refused_at < FORGOTTEN_AFTER}
        key = _chat(path) if set(answer.codes) & _OF_ONE_CHAT else EVERYWHERE
        known = self._scopes.get(key)
        self._scopes[key] = _Scope(max(now + wait, known.next if known is not None else 0.0), now)

    def slot(self, path: str, now: float) -> float:
        """The moment at which one more send to `path` may leave."""
        slot = now
        for scope in (self._scopes.get(_chat(path)), self._scopes.get(EVERYWHERE)):
            if scope is not None and now - scope.refused_at < FORGOTTEN_AFTER:
                slot = max(slot, scope.next)
                scope.next = slot + PACE
        return slot


def _chat(path: str) -> str:
    """`/v2/users/U` of `/v2/users/U/messages`: texts, streams and uploads are sent to one chat."""
    return path.rpartition("/")[0]
