"""What stands in a guild's channels: messages, schedules and forum threads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Posted:
    """A message in a channel or in direct messages.

    Attributes:
        at, edited_at: world time, epoch seconds.
        parts: what else the sender gave: `embeds`, `ark`, `markdown`, `keyboard`, `attachments`, `message_reference`.
        reactions: emoji (type, id) to the users who set it, in their order.
    """

    id: str
    author_id: str
    text: str
    at: float
    seq: int = 0
    reply_to: str | None = None
    edited_at: float | None = None
    recalled: bool = False
    parts: dict[str, Any] = field(default_factory=dict)
    reactions: dict[tuple[str, str], list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Schedule:
    """Times in milliseconds of the epoch; `created_at` in seconds of world time."""

    id: str
    name: str
    description: str
    start: int
    end: int
    creator_id: str
    jump_channel_id: str
    remind_type: str
    created_at: float
    deleted: bool = False


@dataclass(slots=True)
class Thread:
    """A forum thread; `content` is rich text, the object."""

    id: str
    author_id: str
    title: str
    content: dict[str, Any]
    at: float
