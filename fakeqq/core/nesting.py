"""How deeply JSON may nest before it is refused.

Parsers and encoders recurse, each up to a limit of its own and from where it stands on the stack: what one of them
read, another could not write into the journal's answer. No message of the platform nests beyond ten.
"""

from __future__ import annotations

from typing import Any

# protobuf's JSON parsers stop here too. Our choice.
NESTING_LIMIT = 100


def reads_too_deep(text: str | bytes, value: Any) -> bool:
    """Whether the JSON `text`, read as `value`, nests beyond the limit; cheap for text with few brackets."""
    raw = text if isinstance(text, bytes) else text.encode()
    return raw.count(b"[") + raw.count(b"{") > NESTING_LIMIT and nests_too_deep(value)


def nests_too_deep(value: Any) -> bool:
    """Whether `value` holds something inside more than `NESTING_LIMIT` lists and objects."""
    level = [value]
    for _ in range(NESTING_LIMIT + 1):
        inside = (item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list))
        level = [part for items in inside for part in items]
        if not level:
            return False
    return True
