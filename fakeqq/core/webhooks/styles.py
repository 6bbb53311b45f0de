"""Genuine deliveries that are written otherwise than usual, as data. A receiver has to act on each of them.

The platform promises no particular spelling of its JSON and its headers; the signature covers the raw bytes. The
documentation's own example of a signature holds for a pretty-printed body only (tencent-connect/bot-docs@645787a
docs/develop/api-v2/dev-prepare/interface-framework/sign.md).
"""

from __future__ import annotations

import json
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Style(StrEnum):
    PRETTY = "pretty"
    REORDERED = "reordered"
    ESCAPED = "escaped"
    NUMBERED = "numbered"
    CHARSET = "charset"
    LOWER_CASE = "lower-case"
    UPPER_CASE = "upper-case"


STYLES: Mapping[Style, str] = MappingProxyType(
    {
        Style.PRETTY: "the body is indented by two spaces, with a line break at its end",
        Style.REORDERED: "the keys of every object in the body stand in reverse order",
        Style.ESCAPED: "the body is ASCII alone, and every slash is escaped",
        Style.NUMBERED: "the body has an `s`, as frames of the gateway have",
        Style.CHARSET: "Content-Type is `application/json; charset=utf-8`",
        Style.LOWER_CASE: "header names are in lower case",
        Style.UPPER_CASE: "header names are in upper case",
    }
)


def typeset(body: bytes, style: Style | None) -> bytes:
    """The same JSON in this style."""
    match style:
        case Style.PRETTY:
            return json.dumps(json.loads(body), ensure_ascii=False, indent=2).encode() + b"\n"
        case Style.REORDERED:
            return _compact(_reversed(json.loads(body)))
        case Style.ESCAPED:
            return json.dumps(json.loads(body), separators=(",", ":")).replace("/", "\\/").encode()
        case Style.NUMBERED:
            return _compact({**json.loads(body), "s": 1})
        case _:
            return body


def dress(headers: Mapping[str, str], style: Style | None) -> dict[str, str]:
    """The same headers in this style."""
    match style:
        case Style.CHARSET:
            return {**headers, "Content-Type": "application/json; charset=utf-8"}
        case Style.LOWER_CASE:
            return {name.lower(): value for name, value in headers.items()}
        case Style.UPPER_CASE:
            return {name.upper(): value for name, value in headers.items()}
        case _:
            return dict(headers)


def _compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _reversed(value[name]) for name in reversed(value)}
    return [_reversed(item) for item in value] if isinstance(value, list) else value
