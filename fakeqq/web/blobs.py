"""The bytes of uploads: small ones in memory, large ones in files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeqq.core.media.blobs import MemoryBlobs

if TYPE_CHECKING:
    from pathlib import Path

# What stays in memory: pictures of a chat, not videos. Our choice.
IN_MEMORY_BYTES = 256 * 1024


class DiskBlobs:
    """Bytes by name, in a directory that is this object's own.

    Args:
        directory: made when the first file is written.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._small = MemoryBlobs()

    def put(self, name: str, data: bytes) -> None:
        self.delete(name)
        if len(data) <= IN_MEMORY_BYTES:
            self._small.put(name, data)
            return
        self._directory.mkdir(mode=0o700, exist_ok=True)
        (self._directory / name).write_bytes(data)

    def get(self, name: str) -> bytes | None:
        small = self._small.get(name)
        if small is not None:
            return small
        try:
            return (self._directory / name).read_bytes()
        except FileNotFoundError:
            return None

    def delete(self, name: str) -> None:
        self._small.delete(name)
        (self._directory / name).unlink(missing_ok=True)
