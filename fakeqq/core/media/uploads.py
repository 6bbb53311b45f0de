"""Uploads in parts: what was announced, which parts came, and whether the whole is what was announced.

A part is hashed when it is finished, so that no call has to read a whole file at once.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.people import Scene  # noqa: TC001 - msgspec reads the annotations when the program runs
from fakeqq.wire import limits

if TYPE_CHECKING:
    from hashlib import _Hash

    from fakeqq.core.identifiers import Identifiers
    from fakeqq.core.media.blobs import Blobs

# Unfinished uploads one world remembers, and the bytes they announce; the oldest go first. Our choice.
UPLOAD_LIMIT = 1_000
BYTES_LIMIT = 1_000_000_000

_HEAD = limits.MD5_10M_BYTES.value
# Bytes by which a file's kind is known.
_SNIFFED = 64
_URL_LIFE = limits.PRESIGNED_URL_LIFETIME.value


@dataclass(slots=True)
class Part:
    """One part: `blob` is None until its bytes came; `finished` once the bot has said so and was right."""

    index: int
    size: int
    signature: str
    blob: str | None = None
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Announced:
    """What `upload_prepare` was told of a file; the digests in lower-case hex."""

    scene: Scene
    openid: str
    file_type: int
    file_name: str
    size: int
    md5: str
    sha1: str
    md5_10m: str


@dataclass(slots=True)
class _Digests:
    """The digests of the bytes so far."""

    md5: _Hash = field(default_factory=lambda: hashlib.md5(usedforsecurity=False))
    sha1: _Hash = field(default_factory=lambda: hashlib.sha1(usedforsecurity=False))
    md5_10m: _Hash = field(default_factory=lambda: hashlib.md5(usedforsecurity=False))
    size: int = 0
    parts: int = 0

    def add(self, data: bytes) -> None:
        self.md5.update(data)
        self.sha1.update(data)
        if self.size < _HEAD:
            self.md5_10m.update(data[: _HEAD - self.size])
        self.size += len(data)
        self.parts += 1

    def match(self, file: Announced) -> bool:
        found = (self.md5.hexdigest(), self.sha1.hexdigest(), self.md5_10m.hexdigest())
        return found == (file.md5, file.sha1, file.md5_10m)


@dataclass(slots=True)
class Upload:
    """One upload; `at` is the world time it was prepared."""

    upload_id: str
    file: Announced
    parts: list[Part]
    at: float
    digests: _Digests = field(default_factory=_Digests)
    head: bytes = b""


class Uploads:
    """The uploads of one world."""

    def __init__(self, blobs: Blobs, identifiers: Identifiers) -> None:
        self._blobs = blobs
        self._identifiers = identifiers
        self._by_id: OrderedDict[str, Upload] = OrderedDict()
        self._bytes = 0

    def prepare(self, file: Announced, first_index: int, now: float, block: int) -> Upload:
        """Begin an upload: as many parts as the file has blocks of so many bytes, the last one with the rest."""
        sizes = [min(block, file.size - start) for start in range(0, file.size, block)]
        parts = [Part(index, size, self._identifiers.trace_id()) for index, size in enumerate(sizes, start=first_index)]
        upload = Upload(f"upload_{self._identifiers.trace_id()}", file, parts, now)
        self._by_id[upload.upload_id] = upload
        self._bytes += file.size
        while len(self._by_id) > UPLOAD_LIMIT or (self._bytes > BYTES_LIMIT and len(self._by_id) > 1):
            self._forget(next(iter(self._by_id)))
        return upload

    def restore(self, upload: Upload) -> None:
        """Go on with an upload of another world, whose bytes are here already."""
        self._by_id[upload.upload_id] = upload
        self._bytes += upload.file.size
        first = upload.parts[0]
        if first.finished and first.blob is not None:
            upload.head = (self._blobs.get(first.blob) or b"")[:_SNIFFED]
        self._hash(upload)

    def put(  # noqa: PLR0913 - the parts of a pre-signed URL, and what came to it
        self, upload_id: str, number: str, signature: str, data: bytes, now: float, *, again: bool = True
    ) -> None:
        """Take the bytes that came to a pre-signed URL.

        Args:
            again: whether they may come again, until the part is finished.

        Raises:
            PlatformError: the URL is not one of ours, is too old or used up, or the part has another size.
        """
        upload = self._by_id.get(upload_id)
        part = next((part for part in upload.parts if str(part.index) == number), None) if upload else None
        if upload is None or part is None or not hmac.compare_digest(part.signature.encode(), signature.encode()):
            raise PlatformError("cos_signature_mismatch")
        if now - upload.at > _URL_LIFE:
            raise PlatformError("cos_url_expired")
        if part.blob is not None and not again:
            raise PlatformError("cos_part_exists")
        if len(data) != part.size:
            raise PlatformError("cos_size_mismatch")
        if part.finished:
            return
        part.blob = f"{upload_id}-{part.index}"
        self._blobs.put(part.blob, data)

    def finish_part(self, upload: Upload, index: int, size: int, md5: str) -> None:
        """Accept a part whose bytes are here and are those that the bot means.

        Raises:
            PlatformError: they are not; the bot shall try again.
        """
        part = next((part for part in upload.parts if part.index == index), None)
        if part is None:
            raise PlatformError("operation_unsupported")
        data = self._blobs.get(part.blob) if part.blob else None
        if data is None or size != part.size or hashlib.md5(data, usedforsecurity=False).hexdigest() != md5.lower():
            raise PlatformError("upload_part_failed")
        part.finished = True
        if part is upload.parts[0]:
            upload.head = data[:_SNIFFED]
        self._hash(upload)

    def complete(self, upload: Upload) -> tuple[str, ...]:
        """The names of all parts of a whole upload.

        Raises:
            PlatformError: a part is missing, or the file is not the announced one. Which row says so is our choice.
        """
        if not all(part.finished for part in upload.parts):
            raise PlatformError("upload_part_failed")
        if not upload.digests.match(upload.file):
            raise PlatformError("media_download_failed")
        return tuple(part.blob or "" for part in upload.parts)

    def find(self, upload_id: Any, scene: Scene, openid: str) -> Upload:
        """The upload that a request names.

        Raises:
            PlatformError: there is none for this user or group.
        """
        upload = self._by_id.get(upload_id) if isinstance(upload_id, str) else None
        if upload is None or (upload.file.scene, upload.file.openid) != (scene, openid):
            raise PlatformError("operation_unsupported")
        return upload

    def release(self, upload_id: str) -> None:
        """The parts belong to somebody else now; the upload is over, and its id means nothing more. Our choice."""
        self._bytes -= self._by_id.pop(upload_id).file.size

    def clear(self) -> None:
        """Drop every unfinished upload with its parts."""
        for upload_id in list(self._by_id):
            self._forget(upload_id)

    def _forget(self, upload_id: str) -> None:
        upload = self._by_id.pop(upload_id)
        self._bytes -= upload.file.size
        for part in upload.parts:
            if part.blob is not None:
                self._blobs.delete(part.blob)

    def _hash(self, upload: Upload) -> None:
        """Hash the finished parts that follow those hashed already."""
        for part in upload.parts[upload.digests.parts :]:
            if not part.finished or part.blob is None:
                return
            upload.digests.add(self._blobs.get(part.blob) or b"")
