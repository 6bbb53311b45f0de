"""Where the bytes of uploads are kept: a shell's object, handed to the core as an argument."""

from __future__ import annotations

from typing import Protocol


class Blobs(Protocol):
    """Bytes by name. Names are letters, digits, `_` and `-`."""

    def put(self, name: str, data: bytes) -> None: ...

    def get(self, name: str) -> bytes | None: ...

    def delete(self, name: str) -> None:
        """Forget it; an unknown name is no mistake."""


class MemoryBlobs:
    """Everything in memory."""

    def __init__(self) -> None:
        self._data: dict[str, bytes] = {}

    def put(self, name: str, data: bytes) -> None:
        self._data[name] = data

    def get(self, name: str) -> bytes | None:
        return self._data.get(name)

    def delete(self, name: str) -> None:
        self._data.pop(name, None)
