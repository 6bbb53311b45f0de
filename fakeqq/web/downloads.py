"""Fetching what a bot uploads by its `url`, where the server was told to (`--fetch-urls`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.rest.calls import Fetched
from fakeqq.wire import limits

if TYPE_CHECKING:
    import aiohttp

_MOST_BYTES = int(limits.UPLOAD_MAX_BYTES.value)
# Seconds for one file. Nobody knows the platform's patience. Our choice.
_PATIENCE = 30.0
_CHUNK = 65_536


class Downloads:
    """One HTTP client for all bots; made when the first URL is to be fetched."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, url: str) -> Fetched:
        """What is behind a URL."""
        return Fetched(await self._read(url))

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()

    async def _read(self, url: str) -> bytes | None:
        """The bytes; None when they cannot be had, or are too many."""
        import aiohttp  # noqa: PLC0415 - most servers never fetch, and it takes long to import

        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=_PATIENCE)
            )
        try:
            async with self._session.get(url) as answer:
                return await _bounded(answer) if answer.ok else None
        except (aiohttp.ClientError, OSError, ValueError, TimeoutError):
            return None


async def _bounded(answer: Any) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    async for part in answer.content.iter_chunked(_CHUNK):
        size += len(part)
        if size > _MOST_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)
