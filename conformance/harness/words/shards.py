"""A bot of several connections, one for each shard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.journal import Session, session_on
from conformance.harness.words.bot import BotWords
from conformance.harness.words.platform import PlatformWords
from conformance.verdict import Blocked, Broken

if TYPE_CHECKING:
    from conformance.harness.journal import Entry, Login


class ShardWords(BotWords, PlatformWords):
    """Shards: who is online, who falls, who returns."""

    def bot_starts_with_shards(self, count: int) -> None:
        """The gateway recommends so many shards, and the bot is started."""
        self._control.settings(shards=count)
        self.bot_starts()

    def shards_are_online(self, count: int) -> dict[int, Session]:
        """READY for each of so many shards, and an answer; the sessions, by number of the shard.

        Raises:
            Blocked: a shard is missing.
        """
        sessions: dict[int, Session] = {}
        cursor = 0
        while len(sessions) < count:
            ready = self._watch.occurs(
                {"kind": "ws.out", "t": "READY"}, since=cursor, within=pace.SHARDS_ONLINE if cursor else pace.STARTS
            )
            if ready is None:
                logins = ", ".join(map(str, self.all_logins())) or "no login"
                raise Blocked(
                    f"READY for {len(sessions)} of {count} shards: {logins}",
                    expected=f"a session of its own for each of {count} shards",
                )
            cursor = ready["id"]
            data = ready["frame"]["d"]
            sessions[data["shard"][0]] = Session(data["session_id"], ready["s"], ready["connection"])
        self.answer_to(self.user_says())
        return sessions

    def platform_closes_shard(self, session: Session, code: int) -> None:
        """Only this shard's connection is closed."""
        self._begin()
        self._control.close(code, connection=session.connection)

    def shard_of(self, login: Login, sessions: dict[int, Session]) -> int | None:
        """The shard that a login is for: what IDENTIFY says, or whose session RESUME names; None when nobody's."""
        if login.is_resume:
            return next((number for number, session in sessions.items() if session.id == login.session_id), None)
        entry = next(entry for entry in self._journal.read() if entry["id"] == login.id)
        return _shard_in(entry)

    def last_s_on(self, session: Session) -> int:
        """The last number that was sent on a session's connection."""
        now = session_on(self._journal.read(), session.connection)
        if now is None:
            raise Broken("a session that was there has gone from the journal")
        return now.last_s

    def live_connections(self) -> set[int]:
        """The numbers of the connections that are open now."""
        return {int(connection["connection"]) for connection in self._control.connections()}


def _shard_in(identify: Entry) -> int | None:
    data = identify["frame"].get("d")
    shard = data.get("shard") if isinstance(data, dict) else None
    return shard[0] if isinstance(shard, list) and shard and isinstance(shard[0], int) else None
