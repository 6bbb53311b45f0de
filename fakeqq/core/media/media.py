"""Uploaded files: what a `file_info` stands for, where it can be sent, for how long, and its bytes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import ControlError, unknown
from fakeqq.core.people import Scene  # noqa: TC001 - msgspec reads the annotations when the program runs

if TYPE_CHECKING:
    from fakeqq.core.media.blobs import Blobs

# Files and bytes one world keeps; the oldest go first. Our choice.
FILE_LIMIT = 10_000
BYTES_LIMIT = 1_000_000_000


@dataclass(frozen=True, slots=True)
class MediaFile:
    """One uploaded file.

    Attributes:
        file_type: what users see it as: a file over its kind's soft limit becomes a plain file.
        size: bytes, or None of a URL that nobody fetched.
        url: where a URL upload pointed, or None.
        blobs: the names of its parts, in order.
        expires_at: world time after which its `file_info` cannot be sent; None for never.
        stored_at: world time it was uploaded.
    """

    file_uuid: str
    file_info: str
    scene: Scene
    file_type: int
    file_name: str
    content_type: str
    size: int | None
    url: str | None
    blobs: tuple[str, ...]
    expires_at: float | None
    stored_at: float = 0.0

    def as_json(self) -> dict[str, Any]:
        return {
            "file_uuid": self.file_uuid,
            "file_type": self.file_type,
            "file_name": self.file_name,
            "content_type": self.content_type,
            "size": self.size,
            "url": self.url,
        }


class MediaShelf:
    """The uploaded files of one world."""

    def __init__(self, blobs: Blobs) -> None:
        self.blobs = blobs
        self._by_uuid: OrderedDict[str, MediaFile] = OrderedDict()
        self._by_info: dict[str, MediaFile] = {}
        self._bytes = 0

    def add(self, file: MediaFile) -> None:
        self._by_uuid[file.file_uuid] = file
        self._by_info[file.file_info] = file
        self._bytes += file.size or 0
        while len(self._by_uuid) > FILE_LIMIT or (self._bytes > BYTES_LIMIT and len(self._by_uuid) > 1):
            self._drop(next(iter(self._by_uuid)))

    def sendable(self, file_info: str, scene: Scene, now: float) -> MediaFile | None:
        """The file that a message shows; None when it is unknown, expired, or uploaded for the other scene."""
        file = self._by_info.get(file_info)
        if file is None or file.scene != scene or (file.expires_at is not None and now > file.expires_at):
            return None
        return file

    def find(self, file_uuid: str) -> MediaFile | None:
        return self._by_uuid.get(file_uuid)

    def read(self, file_uuid: str) -> tuple[MediaFile, bytes]:
        """A file and its bytes.

        Raises:
            ControlError: no such file, or it is a URL that nobody fetched.
        """
        file = self._by_uuid.get(file_uuid)
        if file is None:
            raise unknown("file", file_uuid, self._by_uuid, status=404)
        if file.size is None:
            raise ControlError("not_fetched", f"this file is {file.url!r}, which nobody fetched", status=404)
        return file, b"".join(self.blobs.get(name) or b"" for name in file.blobs)

    def as_json(self) -> list[dict[str, Any]]:
        return [file.as_json() for file in self._by_uuid.values()]

    def clear(self) -> None:
        """Forget everything, the bytes too."""
        while self._by_uuid:
            self._drop(next(iter(self._by_uuid)))

    def _drop(self, file_uuid: str) -> None:
        file = self._by_uuid.pop(file_uuid)
        del self._by_info[file.file_info]
        self._bytes -= file.size or 0
        for name in file.blobs:
            self.blobs.delete(name)
