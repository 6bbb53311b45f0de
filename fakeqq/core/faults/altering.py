"""A true answer with other values in it, or without some of its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def altered(body: bytes, put: Mapping[str, Any], without: Iterable[str]) -> bytes:
    """The body with these changes; one that is no JSON object is left as it is.

    Args:
        body: as it would have been sent.
        put: dotted path → the value there. Objects on the way are made where there are none.
        without: dotted paths of keys that are left out.
    """
    try:
        answer = msgspec.json.decode(body)
    except ValueError:
        return body
    if not isinstance(answer, dict):
        return body
    for path in without:
        *way, last = path.split(".")
        holder: Any = answer
        for key in way:
            holder = holder.get(key) if isinstance(holder, dict) else None
        if isinstance(holder, dict):
            holder.pop(last, None)
    for path, value in put.items():
        *way, last = path.split(".")
        holder = answer
        for key in way:
            if not isinstance(holder.get(key), dict):
                holder[key] = {}
            holder = holder[key]
        holder[last] = value
    return msgspec.json.encode(answer)
