"""The one image of a message to a channel or into direct messages: named by its address, or sent along in a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.media import formats
from fakeqq.core.media.media import MediaFile

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.guild.guilds import Room
    from fakeqq.core.world import World


@dataclass(frozen=True, slots=True)
class Image:
    """`url` is empty where the bytes came along; `data` is None where nobody fetched them."""

    name: str
    url: str
    data: bytes | None = None

    @property
    def content_type(self) -> str:
        return formats.content_type((self.data or b"")[: formats.HEAD])

    def as_attachment(self) -> dict[str, Any]:
        """The image as the answer to its message shows it."""
        if self.data is None:
            return {"url": self.url}
        return {"url": "", "filename": self.name, "size": len(self.data), "content_type": self.content_type}


def read_image(body: dict[str, Any]) -> Image | None:
    """The image of a request, a form's file before an address.

    Raises:
        PlatformError: it is neither.
    """
    given, url = body.get("file_image"), body.get("image")
    if not given and not url:
        return None
    if isinstance(given, dict) and isinstance(given.get("data"), bytes):
        return Image(given["filename"], "", given["data"])
    if given or not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise PlatformError("guild_image_invalid")
    return Image(url.partition("?")[0].rpartition("/")[2], url)


def keep_image(world: World, room: Room, image: Image, now: Instant) -> MediaFile:
    """Put an image on the shelf of the world's files; no `file_info` of it is handed out."""
    blobs: tuple[str, ...] = ()
    if image.data is not None:
        blobs = (f"file_{world.identifiers.trace_id()}",)
        world.media.blobs.put(blobs[0], image.data)
    file = MediaFile(
        file_uuid=f"uuid_{world.identifiers.trace_id()}", file_info=world.identifiers.file_info(), scene=room,
        file_type=formats.IMAGE, file_name=image.name, content_type=image.content_type,
        size=None if image.data is None else len(image.data), url=image.url or None, blobs=blobs, expires_at=None,
        stored_at=now.world,
    )  # fmt: skip
    world.media.add(file)
    return file
