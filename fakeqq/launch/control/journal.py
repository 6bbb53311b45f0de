"""What happened in a world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.launch.control.calls import TIMEOUT, WorldCalls

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fakeqq.launch.control.calls import Json


class Journal(WorldCalls):
    """Reading the journal, and waiting for it."""

    def journal(self, since: int = 0, kind: str | None = None, limit: int | None = None) -> list[Json]:
        """Entries after the id `since`, at most `limit` (the server's default: 1000)."""
        return list(self._call("GET", "/journal", since=since, kind=kind, limit=limit)["entries"])

    def pages(self, since: int = 0, kind: str | None = None) -> Iterator[Json]:
        """All entries after the id `since`, however many there are."""
        while True:
            page = self._call("GET", "/journal", since=since, kind=kind)
            yield from page["entries"]
            if not page["entries"] or int(page["next"]) <= since:
                return
            since = int(page["next"])

    def wait(self, where: Mapping[str, Any], since: int = 0, count: int = 1, timeout: float = 10.0) -> list[Json]:
        """The first `count` entries that match, waiting for them up to `timeout` real seconds.

        Raises:
            JournalTimeout: they did not come; it says what came instead.
        """
        body = {"where": dict(where), "since": since, "count": count, "timeout": timeout}
        return list(self._call("POST", "/journal/wait", body, timeout=timeout + TIMEOUT)["entries"])

    def count(self, where: Mapping[str, Any], since: int = 0) -> int:
        """How many entries match."""
        return int(self._call("POST", "/journal/count", {"where": dict(where), "since": since})["count"])

    def follow(self, since: int = 0) -> Iterator[Json]:
        """Entries as they are written, for ever."""
        return self._control.follow(f"/worlds/{self.app_id}/journal/stream", since)
