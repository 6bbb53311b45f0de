"""Threads of forum channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from fakeqq.core.errors import PlatformError
from fakeqq.core.guild.guild_content import Thread
from fakeqq.core.guild.guild_lookups import find_channel, guild_of, integer, string
from fakeqq.core.guild.guild_views import rich_text, thread_event, thread_json
from fakeqq.core.guild.guilds import FORUM
from fakeqq.core.nesting import nests_too_deep
from fakeqq.core.rest.calls import NO_CONTENT, Call, Route, Status

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.guild.guilds import Channel
    from fakeqq.core.world import World

# Formats of a thread's content (docs/…/content/forum/put_thread.md).
_PLAIN, _HTML, _MARKDOWN, _JSON = 1, 2, 3, 4
_FORMATS = frozenset({_PLAIN, _HTML, _MARKDOWN, _JSON})
# The kind of text that an audit was about: a thread.
_THREAD_AUDIT = 1


def threads(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    """All of them, the newest first; `is_finish` 1: there are no more."""
    channel = _forum(world, call)
    newest_first = sorted(channel.threads.values(), key=lambda each: each.at, reverse=True)
    return {"threads": [thread_json(channel, each) for each in newest_first], "is_finish": 1}


def thread(world: World, call: Call, _now: Instant) -> dict[str, Any]:
    channel = _forum(world, call)
    return {"thread": thread_json(channel, _thread(channel, call))}


def create_thread(world: World, call: Call, now: Instant) -> dict[str, Any]:
    """A thread; it is there at once, and the answer names the task that made it."""
    channel = _forum(world, call)
    title = string(call.body, "title", "", "thread_title_empty")
    content = string(call.body, "content", "", "thread_content_empty")
    if not title:
        raise PlatformError("thread_title_empty")
    if not content:
        raise PlatformError("thread_content_empty")
    thread_id = f"B_{world.identifiers.trace_id()}0X60"
    made = Thread(thread_id, world.bot_id, title, _content(call.body, content), now.world)
    channel.threads[made.id] = made
    _tell(world, "THREAD_CREATE", channel, made, now)
    audited = {
        "guild_id": channel.guild_id, "channel_id": channel.id, "author_id": world.bot_id, "thread_id": made.id,
        "post_id": "", "reply_id": "", "type": _THREAD_AUDIT, "result": 0, "err_msg": "",
    }  # fmt: skip
    world.emit("FORUM_PUBLISH_AUDIT_RESULT", audited, now)
    return {"task_id": world.identifiers.numeric(), "create_time": str(int(now.world))}


def delete_thread(world: World, call: Call, now: Instant) -> Status:
    """The bot's own, or as an administrator anybody's."""
    channel = _forum(world, call)
    found = _thread(channel, call)
    if found.author_id != world.bot_id and not guild_of(world, channel).members[world.bot_id].is_administrator:
        raise PlatformError("admin_check_not_passed")
    del channel.threads[found.id]
    _tell(world, "THREAD_DELETE", channel, found, now)
    return NO_CONTENT


def _forum(world: World, call: Call) -> Channel:
    channel = find_channel(world, call.params["channel_id"])
    if channel.type != FORUM:
        raise PlatformError("thread_wrong_channel")
    return channel


def _thread(channel: Channel, call: Call) -> Thread:
    if call.params["thread_id"] not in channel.threads:
        raise PlatformError("thread_not_found")
    return channel.threads[call.params["thread_id"]]


def _content(body: dict[str, Any], content: str) -> dict[str, Any]:
    """The content as rich text: JSON is it already, anything else becomes paragraphs of its lines."""
    kind = integer(body, "format", _PLAIN, "thread_format_invalid")
    if kind not in _FORMATS:
        raise PlatformError("thread_format_invalid")
    if kind != _JSON:
        return rich_text(content)
    try:
        value = msgspec.json.decode(content)
    except (ValueError, RecursionError):
        raise PlatformError("thread_json_invalid") from None
    if not isinstance(value, dict) or not isinstance(value.get("paragraphs"), list) or nests_too_deep(value):
        raise PlatformError("thread_json_invalid")
    return value


def _tell(world: World, kind: str, channel: Channel, about: Thread, now: Instant) -> None:
    """The full event of private-domain bots, and the open one, which says only who and where."""
    data = thread_event(channel, about)
    world.emit(f"FORUM_{kind}", data, now)
    open_data = {name: data[name] for name in ("guild_id", "channel_id", "author_id")}
    world.emit(f"OPEN_FORUM_{kind}", open_data, now)


_FORUM = ("unknown_channel", "guild_auth_check_failed", "thread_wrong_channel")

ROUTES = (
    Route("GET /channels/{channel_id}/threads", threads, "the forum's threads", _FORUM),
    Route(
        "PUT /channels/{channel_id}/threads",
        create_thread,
        "a thread; FORUM_THREAD_CREATE, OPEN_FORUM_THREAD_CREATE, FORUM_PUBLISH_AUDIT_RESULT",
        (*_FORUM, "thread_title_empty", "thread_content_empty", "thread_format_invalid", "thread_json_invalid"),
    ),
    Route("GET /channels/{channel_id}/threads/{thread_id}", thread, "the thread", (*_FORUM, "thread_not_found")),
    Route(
        "DELETE /channels/{channel_id}/threads/{thread_id}",
        delete_thread,
        "the thread is gone; FORUM_THREAD_DELETE, OPEN_FORUM_THREAD_DELETE",
        (*_FORUM, "thread_not_found", "admin_check_not_passed"),
    ),
)
