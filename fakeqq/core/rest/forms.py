"""Bodies that are forms: `multipart/form-data`, by which SDKs send an image's bytes to a channel.

A file becomes `{"filename", "size"}`, that of an image with its bytes as `data`. A part that holds JSON becomes its
value; NoneBot wraps it once more under its own name (nonebot/adapter-qq@d8db0a7 nonebot/adapters/qq/bot.py).
"""

from __future__ import annotations

from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from typing import Any, TypeGuard

import msgspec

from fakeqq.core.nesting import reads_too_deep

_FORM = "multipart/form-data"
# Parts of one form: far more than any message has fields. Our choice.
_PARTS = 100
_JSON = "application/json"
# The only field whose part is a file even where its headers do not say so: botpy sends it as a nameless part.
_FILE_FIELDS = frozenset({"file_image"})


def read_form(content_type: str, body: bytes) -> dict[str, Any] | None:
    """The fields of a form; None when this is no form, or a broken one."""
    if content_type.partition(";")[0].strip().lower() != _FORM:
        return None
    header = b"Content-Type: " + content_type.encode("latin-1", "replace").replace(b"\n", b" ") + b"\n\n"
    try:
        form = BytesParser().parsebytes(header + body)
    except (MessageError, ValueError, LookupError):
        return None
    parts = form.get_payload()
    if not isinstance(parts, list) or len(parts) > _PARTS or form.defects:
        return None
    fields: dict[str, Any] = {}
    for part in filter(_is_part, parts):
        name = _parameter(part, "name")
        if name is not None:
            fields[name] = _value(part, name)
    return fields


def _value(part: Message, name: str) -> Any:
    raw = part.get_payload(decode=True)
    raw = raw if isinstance(raw, bytes) else b""
    is_json = part.get_content_type() == _JSON and name not in _FILE_FIELDS
    filename = _parameter(part, "filename")
    if not is_json and (filename is not None or name in _FILE_FIELDS):
        file: dict[str, Any] = {"filename": filename or name, "size": len(raw)}
        return {**file, "data": raw} if name in _FILE_FIELDS else file
    if is_json:
        try:
            value = msgspec.json.decode(raw)
        except (ValueError, RecursionError):
            return raw.decode(errors="replace")
        if reads_too_deep(raw, value):
            return raw.decode(errors="replace")
        return value[name] if isinstance(value, dict) and value.keys() == {name} else value
    return raw.decode(errors="replace")


def _is_part(part: object) -> TypeGuard[Message]:
    return isinstance(part, Message)


def _parameter(part: Message, name: str) -> str | None:
    value = part.get_param(name, header="content-disposition")
    return value if isinstance(value, str) else None
