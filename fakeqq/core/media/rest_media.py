"""Uploading: a file at once by URL or base64, or in parts over pre-signed URLs of this server."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.media import formats
from fakeqq.core.media.media import MediaFile
from fakeqq.core.media.uploads import Announced
from fakeqq.core.rest.calls import Raw, Status
from fakeqq.core.sending import bodies, messages
from fakeqq.core.sending.bodies import MEDIA, Content
from fakeqq.core.sending.messages import Outgoing
from fakeqq.core.sending.rest_messages import deliver
from fakeqq.wire import limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.clock import Instant
    from fakeqq.core.media.uploads import Upload
    from fakeqq.core.people import Scene
    from fakeqq.core.rest.calls import Call, Handler
    from fakeqq.core.world import World

_HARD_BYTES = limits.UPLOAD_MAX_BYTES.value
# By the choices of `upload_soft_limits`, bytes; the second are what official clients send at most.
_SOFT_BYTES = {
    "documented": {
        formats.IMAGE: limits.UPLOAD_SOFT_IMAGE_BYTES.value,
        formats.VIDEO: limits.UPLOAD_SOFT_VIDEO_BYTES.value,
        formats.VOICE: limits.UPLOAD_SOFT_VOICE_BYTES.value,
    },
    "clients": {formats.IMAGE: 30_000_000, formats.VIDEO: 100_000_000, formats.VOICE: 20_000_000},
}
_DAY_SECONDS, _UTC_PLUS_8 = 86_400, 8 * 3_600
_HEX = re.compile(r"[0-9a-f]+", re.IGNORECASE)
# The digests of upload_prepare and their length in hex digits.
_DIGESTS = (("md5", 32), ("sha1", 40), ("md5_10m", 32))
# As in the documented example of the answer.
_UPLOAD_CONFIG = {"concurrency": 1, "retry_timeout": 300, "retry_delay": 1}


def upload_c2c(world: World, call: Call, now: Instant) -> Any:
    return _upload(world, "c2c", call.params["openid"], call, now)


def upload_group(world: World, call: Call, now: Instant) -> Any:
    return _upload(world, "group", call.params["group_openid"], call, now)


def prepare_c2c(world: World, call: Call, now: Instant) -> Any:
    return _prepare(world, "c2c", call.params["openid"], call, now)


def prepare_group(world: World, call: Call, now: Instant) -> Any:
    return _prepare(world, "group", call.params["group_openid"], call, now)


def finish_part_c2c(world: World, call: Call, _now: Instant) -> Any:
    return _finish_part(world, "c2c", call.params["openid"], call)


def finish_part_group(world: World, call: Call, _now: Instant) -> Any:
    return _finish_part(world, "group", call.params["group_openid"], call)


MEDIA_HANDLERS: Mapping[str, Handler] = {
    "POST /v2/users/{openid}/files": upload_c2c,
    "POST /v2/groups/{group_openid}/files": upload_group,
    "POST /v2/users/{openid}/upload_prepare": prepare_c2c,
    "POST /v2/groups/{group_openid}/upload_prepare": prepare_group,
    "POST /v2/users/{openid}/upload_part_finish": finish_part_c2c,
    "POST /v2/groups/{group_openid}/upload_part_finish": finish_part_group,
}


# The operations that upload a file: to which scene, and the parameter that names the chat.
UPLOADS: Mapping[str, tuple[Scene, str]] = {
    "POST /v2/users/{openid}/files": ("c2c", "openid"),
    "POST /v2/groups/{group_openid}/files": ("group", "group_openid"),
}


def url_of(world: World, operation: str, call: Call, now: Instant) -> str | None:
    """The URL of the file that a call of one of `UPLOADS` names; None for one that names none. Changes nothing.

    Raises:
        PlatformError: it is refused, whatever is behind the URL.
    """
    if call.body.get("upload_id") is not None or _has_bytes(world, call.body):
        return None
    scene, key = UPLOADS[operation]
    _check_right(world, scene, call.params[key], call.body, now)
    _file_type(call.body)
    _file_name(call.body)
    return _url(call.body)


def put_part(world: World, params: Mapping[str, str], query: Mapping[str, str], body: bytes, now: Instant) -> Any:
    """PUT of a pre-signed URL: the bytes of one part; an empty 200 with their ETag, as object storage answers."""
    again = world.settings.switch("upload_part_again") == "accepted"
    world.uploads.put(params["upload_id"], params["part"], query.get("sign", ""), body, now.world, again=again)
    return Raw(b"", formats.UNKNOWN, _etag(body))


def get_file(world: World, params: Mapping[str, str], _query: Mapping[str, str], _body: bytes, now: Instant) -> Any:
    """GET of a `raw_url`, whose signature lives an hour, whatever becomes of the `file_info`."""
    file = world.media.find(params["file_uuid"])
    if file is None or file.size is None:
        raise PlatformError("cos_not_found")
    if now.world - file.stored_at > limits.PRESIGNED_URL_LIFETIME.value:
        raise PlatformError("cos_url_expired")
    data = world.media.read(file.file_uuid)[1]
    return Raw(data, file.content_type, _etag(data))


STORAGE_HANDLERS = {
    "PUT /cos/{app_id}/{upload_id}/{part}": put_part,
    "GET /cos/{app_id}/{file_uuid}": get_file,
}


def _upload(world: World, scene: Scene, openid: str, call: Call, now: Instant) -> Any:
    """`/files`: the file is stored, and with `srv_send_msg` sent."""
    body = call.body
    sends = _check_right(world, scene, openid, body, now)
    if body.get("upload_id") is not None:
        file = _from_parts(world, scene, openid, body, now)
    elif _has_bytes(world, body):
        file = _from_base64(world, scene, body, now)
    else:
        file = _from_url(world, scene, call, now)
    world.media.add(file)
    life = 0 if file.expires_at is None else int(file.expires_at - now.world)
    answer: dict[str, Any] = {"file_uuid": file.file_uuid, "file_info": file.file_info, "ttl": life}
    if sends:
        content = Content("", file_info=file.file_info)
        outgoing = Outgoing(scene, openid, None, None, 1, MEDIA, content, None, is_wakeup=False, media=file)
        messages.commit(world, outgoing, now.world)
        sent = deliver(world, outgoing, now)
        if isinstance(sent, Status):
            # What the audit says, beside what the upload says: our choice.
            return Status(sent.code, {**answer, **sent.body})
        answer |= {key: sent[key] for key in ("id", "audit_id", "audit_tips") if key in sent}
    if body.get("upload_id") is not None and file.file_type != formats.FILE:
        answer["raw_url"] = f"{_storage(world, call)}/{file.file_uuid}"
    return answer


def _from_url(world: World, scene: Scene, call: Call, now: Instant) -> MediaFile:
    """The file behind a URL; where URLs are not fetched, nothing is known of it."""
    body = call.body
    url = _url(body)
    name = _file_name(body) or url.partition("?")[0].rpartition("/")[2]
    if call.fetched is None:
        return _file(world, scene, _file_type(body), name, formats.UNKNOWN, None, url, (), now)
    if not call.fetched.data:
        raise PlatformError("media_download_failed")
    return _stored(world, scene, body, name, call.fetched.data, url, now)


def _has_bytes(world: World, body: dict[str, Any]) -> bool:
    """Whether an upload brings its file along."""
    return body.get("file_data") is not None and world.settings.switch("file_data") != "refused"


def _url(body: dict[str, Any]) -> str:
    url = body.get("url")
    if url is None:
        raise PlatformError("request_malformed")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise PlatformError("media_download_failed")
    return url


def _from_base64(world: World, scene: Scene, body: dict[str, Any], now: Instant) -> MediaFile:
    text = body["file_data"]
    if not isinstance(text, str):
        raise PlatformError("request_malformed")
    if len(text) * 3 // 4 > int(world.settings.switch("file_data")):
        raise PlatformError("upload_proxy_error")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data:
        # Base64 that is none, or of nothing, is no file of any format. Our choice.
        raise PlatformError("media_format_unsupported")
    return _stored(world, scene, body, _file_name(body), data, None, now)


def _stored(  # noqa: PLR0913 - what is known of a file
    world: World, scene: Scene, body: dict[str, Any], name: str, data: bytes, url: str | None, now: Instant
) -> MediaFile:
    file_type = _file_type(body)
    media_type = _accepted(world, file_type, data[: formats.HEAD])
    if media_type is None:
        raise PlatformError("media_format_unsupported")
    if not _fits_today(world, len(data), now):
        raise PlatformError("upload_daily_quota_exceeded")
    blob = f"file_{world.identifiers.trace_id()}"
    world.media.blobs.put(blob, data)
    _count_today(world, len(data), now)
    return _file(world, scene, file_type, name, media_type, len(data), url, (blob,), now)


def _from_parts(world: World, scene: Scene, openid: str, body: dict[str, Any], now: Instant) -> MediaFile:
    upload = world.uploads.find(body["upload_id"], scene, openid)
    announced = upload.file
    file_type = bodies.integer(body, "file_type", announced.file_type)
    blobs = world.uploads.complete(upload)
    if file_type not in formats.FILE_TYPES:
        raise PlatformError("operation_unsupported")
    media_type = _accepted(world, file_type, upload.head)
    if media_type is None:
        raise PlatformError("media_format_unsupported")
    name = _file_name(body) or announced.file_name
    at_files = world.settings.switch("upload_quota_moment") == "files"
    if at_files and not _fits_today(world, announced.size, now):
        raise PlatformError("upload_daily_quota_exceeded")
    world.uploads.release(upload.upload_id)
    if at_files:
        _count_today(world, announced.size, now)
    return _file(world, scene, file_type, name, media_type, announced.size, None, blobs, now)


def _prepare(world: World, scene: Scene, openid: str, call: Call, now: Instant) -> dict[str, Any]:
    """`/upload_prepare`: how the file is cut, and where its parts go."""
    body, switch = call.body, world.settings.switch
    _check_target(world, scene, openid)
    size = _size(body.get("file_size"), world)
    name = _file_name(body)
    digests = [_digest(body.get(key), digits) for key, digits in _DIGESTS]
    if not name or not size:
        raise PlatformError("upload_proxy_error")
    file_type = _file_type(body)
    if size > _HARD_BYTES:
        raise PlatformError("upload_too_large")
    at_prepare = switch("upload_quota_moment") == "prepare"
    if at_prepare and not _fits_today(world, size, now):
        raise PlatformError("upload_daily_quota_exceeded")
    file = Announced(scene, openid, file_type, name, size, *digests)
    block = int(switch("upload_block_size"))
    upload = world.uploads.prepare(file, int(switch("part_index_base")), now.world, block)
    if at_prepare:
        _count_today(world, size, now)
    flat = switch("upload_prepare_form") == "flat"
    return {
        "upload_id": upload.upload_id,
        "block_size": block if flat else str(block),
        "parts": _parts(upload, _storage(world, call), flat=flat),
        **(_UPLOAD_CONFIG if flat else {"upload_config": _UPLOAD_CONFIG}),
    }


def _parts(upload: Upload, storage: str, *, flat: bool) -> list[dict[str, Any]]:
    return [
        {
            "index": part.index,
            "presigned_url": f"{storage}/{upload.upload_id}/{part.index}?partNumber={number}&sign={part.signature}",
            "block_size": part.size if flat else str(part.size),
        }
        for number, part in enumerate(upload.parts, start=1)
    ]


def _finish_part(world: World, scene: Scene, openid: str, call: Call) -> dict[str, Any]:
    """`/upload_part_finish`: one part is there."""
    body = call.body
    _check_target(world, scene, openid)
    upload = world.uploads.find(body.get("upload_id"), scene, openid)
    size, md5 = _size(body.get("block_size"), world), body.get("md5")
    if not isinstance(md5, str):
        raise PlatformError("upload_proxy_error")
    world.uploads.finish_part(upload, bodies.integer(body, "part_index", -1), size, md5)
    return {}


def _check_right(world: World, scene: Scene, openid: str, body: dict[str, Any], now: Instant) -> bool:
    """Refuse an upload for a chat that cannot be written to; whether the file is sent at once."""
    _check_target(world, scene, openid)
    sends = bodies.flag(body, "srv_send_msg")
    if sends:
        _check_quota(world, scene, openid, now)
    return sends


def _check_target(world: World, scene: Scene, openid: str) -> None:
    try:
        messages.check_target(world.people, scene, openid, world.settings)
    except PlatformError as refusal:
        raise PlatformError("upload_muted" if refusal.name == "bot_muted" else refusal.name) from None


def _check_quota(world: World, scene: Scene, openid: str, now: Instant) -> None:
    """Sending from `/files` is proactive; https://github.com/nonebot/adapter-qq/issues/83 has its older number."""
    messages.check_sender(world)
    try:
        messages.check_proactive(world, scene, openid, now.world)
    except PlatformError as refusal:
        over = refusal.name == "proactive_rate_limited"
        raise PlatformError("msg_limit_exceed" if over else refusal.name) from None


def _file(  # noqa: PLR0913 - what is known of a file
    world: World,
    scene: Scene,
    file_type: int,
    name: str,
    media_type: str,
    size: int | None,
    url: str | None,
    blobs: tuple[str, ...],
    now: Instant,
) -> MediaFile:
    soft = _SOFT_BYTES[world.settings.switch("upload_soft_limits")]
    if size is not None and size > soft.get(file_type, _HARD_BYTES):
        file_type = formats.FILE
    life = int(world.settings.switch("file_info_life"))
    return MediaFile(
        file_uuid=f"uuid_{world.identifiers.trace_id()}", file_info=world.identifiers.file_info(), scene=scene,
        file_type=file_type, file_name=name, content_type=media_type, size=size, url=url, blobs=blobs,
        expires_at=now.world + life if life else None, stored_at=now.world,
    )  # fmt: skip


def _accepted(world: World, file_type: int, head: bytes) -> str | None:
    """The media type of a file that this kind of media takes; None when it does not."""
    media_type = formats.content_type(head)
    documented = world.settings.switch("media_formats") == "documented"
    return media_type if formats.is_accepted(file_type, media_type, documented_only=documented) else None


def _file_type(body: dict[str, Any]) -> int:
    file_type = bodies.integer(body, "file_type", 0)
    if file_type not in formats.FILE_TYPES:
        raise PlatformError("operation_unsupported")
    return file_type


def _file_name(body: dict[str, Any]) -> str:
    name = body.get("file_name")
    if name is not None and not isinstance(name, str):
        raise PlatformError("request_malformed")
    return name or ""


def _size(size: Any, world: World) -> int:
    """A number of bytes, which is a string of digits on the wire."""
    if isinstance(size, int) and not isinstance(size, bool) and _takes_numbers(world):
        return max(0, size)
    if not isinstance(size, str) or not size.isascii() or not size.isdecimal() or len(size) > 20:
        raise PlatformError("upload_proxy_error")
    return int(size)


def _takes_numbers(world: World) -> bool:
    switch = world.settings.switch
    return switch("upload_number_sizes") == "accepted" or switch("upload_prepare_form") == "flat"


def _digest(value: Any, digits: int) -> str:
    if not isinstance(value, str) or len(value) != digits or not _HEX.fullmatch(value):
        raise PlatformError("upload_proxy_error")
    return value.lower()


def _etag(data: bytes) -> str:
    """The ETag of what was put in one go: its MD5 in quotes."""
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'


def _storage(world: World, call: Call) -> str:
    """Where this client reaches our object storage: the server it talks to already."""
    return f"http{call.origin.removeprefix('ws')}/cos/{world.app_id}"


def _today(now: Instant) -> int:
    """The day of the platform's time zone."""
    return int(now.world + _UTC_PLUS_8) // _DAY_SECONDS


def _fits_today(world: World, size: int, now: Instant) -> bool:
    day, used = world.uploaded
    return (used if day == _today(now) else 0) + size <= world.settings.upload_daily_bytes


def _count_today(world: World, size: int, now: Instant) -> None:
    day, used = world.uploaded
    today = _today(now)
    world.uploaded = (today, (used if day == today else 0) + size)
