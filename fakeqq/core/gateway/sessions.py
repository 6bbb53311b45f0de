"""Gateway sessions: what outlives a socket. Numbering (`s`), the replay buffer, and who may come back.

A session is made by IDENTIFY and lives on for a while after its socket is gone; RESUME attaches it to a new socket and
replays what was missed (https://bot.q.qq.com/wiki/develop/api-v2/dev-prepare/interface-framework/event-emit.html).
Several sessions of one bot and shard live side by side and each is fed
(https://github.com/AstrBotDevs/AstrBot/issues/5897).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakeqq.wire import limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakeqq.core.gateway.connection import Connection

_REPLAY_LIMIT = int(limits.REPLAY_BUFFER_EVENTS.value)


@dataclass(slots=True)
class Event:
    """A dispatch before it is numbered; nobody changes it (freezing costs a microsecond on the dispatch path).

    Attributes:
        type: `t`, e.g. `C2C_MESSAGE_CREATE`.
        id: the event id, the envelope's `id`.
        data_json: `d` encoded once, for every subscriber and for the journal.
        intent: the intent bits of which one is needed; 0 means everybody gets it.
        guild_id: decides the shard; None for C2C and group events.
    """

    type: str
    id: str
    data_json: str
    intent: int
    guild_id: int | None = None

    def belongs_to(self, shard: tuple[int, int]) -> bool:
        """`shard_id = (guild_id >> 22) % num_shards`; C2C and group events go to shard 0, which is our choice."""
        index, count = shard
        return index == (0 if self.guild_id is None else (self.guild_id >> 22) % count)


@dataclass(slots=True, eq=False)
class Session:
    """One IDENTIFY's worth of state.

    Attributes:
        s: the last number given to a dispatch; READY was 1.
        connection: the socket it is attached to, or None.
        detached_at: world time at which the socket went, or None while attached.
        made_at: world time of its IDENTIFY.
        deaf: resumed at an age at which it gets nothing more (https://github.com/tencent-connect/bot-docs/issues/191).
    """

    id: str
    shard: tuple[int, int]
    intents: int
    s: int = 0
    connection: Connection | None = None
    detached_at: float | None = None
    made_at: float = 0.0
    deaf: bool = False
    _buffer: deque[tuple[int, Event]] | None = None
    _without_event: list[int] = field(default_factory=list)

    def wants(self, event: Event) -> bool:
        is_subscribed = event.intent == 0 or bool(event.intent & self.intents)
        return is_subscribed and not self.deaf and event.belongs_to(self.shard)

    def number(self, event: Event | None = None) -> int:
        """Give the next `s` out; an event is kept for replay, READY and RESUMED are not."""
        self.s += 1
        if event is None:
            self._without_event.append(self.s)
            del self._without_event[:-_REPLAY_LIMIT]
        else:
            if self._buffer is None:  # a session to which nothing is said needs none
                self._buffer = deque(maxlen=_REPLAY_LIMIT)
            self._buffer.append((self.s, event))
        return self.s

    def missed(self, after: int) -> Iterator[tuple[int, Event]]:
        """Kept events numbered above `after`, oldest first."""
        return ((s, event) for s, event in tuple(self._buffer or ()) if s > after)

    def lost(self, after: int) -> int:
        """How many events numbered above `after` have left the buffer and cannot be replayed."""
        if self._buffer is None or len(self._buffer) < _REPLAY_LIMIT:
            return 0
        oldest = self._buffer[0][0]
        return max(0, oldest - after - 1) - sum(after < s < oldest for s in self._without_event)

    def as_json(self) -> dict[str, Any]:
        return {
            "session_id": self.id,
            "shard": list(self.shard),
            "intents": self.intents,
            "s": self.s,
            "connection": self.connection.number if self.connection else None,
            "detached_at": self.detached_at,
        }


class SessionTable:
    """The sessions of one world, attached and resumable."""

    def __init__(self) -> None:
        self._by_id: dict[str, Session] = {}

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._by_id.values()))

    def add(self, session: Session) -> None:
        self._by_id[session.id] = session

    def resumable(self, session_id: str, lifetime: float, now: float) -> Session | None:
        """The session, unless it is unknown or was left longer ago than `lifetime` seconds of world time."""
        self.expire(lifetime, now)
        return self._by_id.get(session_id)

    def forget(self, session: Session) -> None:
        self._by_id.pop(session.id, None)

    def forget_all(self) -> int:
        """Every RESUME is refused from now on; attached sockets stay until they leave. Returns how many were known."""
        count = len(self._by_id)
        self._by_id.clear()
        return count

    def expire(self, lifetime: float, now: float) -> None:
        gone = [
            session
            for session in self._by_id.values()
            if session.detached_at is not None and now - session.detached_at > lifetime
        ]
        for session in gone:
            self.forget(session)
