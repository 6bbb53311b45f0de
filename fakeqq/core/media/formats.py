"""What a file is, told by its first bytes, and which formats each kind of media takes."""

from __future__ import annotations

IMAGE, VIDEO, VOICE, FILE = 1, 2, 3, 4
FILE_TYPES = frozenset({IMAGE, VIDEO, VOICE, FILE})

UNKNOWN = "application/octet-stream"
_SILK = "audio/silk"
_MAGIC = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"#!SILK_V3", _SILK),
    (1, b"#!SILK_V3", _SILK),  # Tencent's own silk begins with one more byte
    (0, b"#!AMR", "audio/amr"),
    (8, b"WAVE", "audio/wav"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
)
HEAD = 16
"""Bytes that tell a format."""

# https://bot.q.qq.com/wiki, uploading rich media: png and jpg, mp4, silk.
_DOCUMENTED = {
    IMAGE: frozenset({"image/png", "image/jpeg"}),
    VIDEO: frozenset({"video/mp4"}),
    VOICE: frozenset({_SILK}),
}
_FAMILY = {IMAGE: "image/", VIDEO: "video/", VOICE: "audio/"}


def content_type(head: bytes) -> str:
    """The media type of a file that begins so."""
    for offset, magic, name in _MAGIC:
        if head.startswith(magic, offset):
            return name
    return UNKNOWN


def is_accepted(file_type: int, media_type: str, *, documented_only: bool) -> bool:
    """Whether a kind of media takes a format; a plain file takes any."""
    if file_type == FILE:
        return True
    if documented_only:
        return media_type in _DOCUMENTED[file_type]
    return media_type.startswith(_FAMILY[file_type])
