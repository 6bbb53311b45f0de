"""A message to a channel or into direct messages: may it be sent, what does it answer, what is in it.

Fields: tencent-connect/bot-docs@645787a docs/develop/api-v2/server-inter/message/post_messages.md. The order of the
checks is our choice: what it answers, its parts, then quotas. A rejected request consumes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.guild.guild_images import read_image
from fakeqq.core.guild.guild_lookups import INVALID, find_message, objects, string
from fakeqq.core.sending.keyboards import says_too_much
from fakeqq.core.sending.links import links_in
from fakeqq.core.sending.templates import ark_text
from fakeqq.wire import limits

if TYPE_CHECKING:
    from fakeqq.core.guild.guild_images import Image
    from fakeqq.core.guild.guilds import Room
    from fakeqq.core.settings import WorldSettings
    from fakeqq.core.world import World

# Seconds in which a message of a channel, or a direct one, can be answered.
REPLY_SECONDS = float(limits.GROUP_REPLY_WINDOW.value)
_TEMPLATES = frozenset({23, 24, 34, 37})
_ROWS, _COLUMNS = int(limits.KEYBOARD_ROWS.value), int(limits.KEYBOARD_COLUMNS.value)
_TEXT, _MARKDOWN, _ARK, _EMBED, _IMAGE = 0, 2, 3, 4, 7
_NO_MARKDOWN = {"304041": "guild_markdown_not_allowed", "50056": "guild_markdown_not_allowed_second_wording"}
_PLAIN_PARTS = ("embed", "ark", "image", "file_image")


@dataclass(frozen=True, slots=True)
class GuildDraft:
    """A message that may be sent.

    Attributes:
        reply_to: the message or event it answers, or None.
        parts: its other parts as `Posted` keeps them.
        msg_type: as it would be called in a chat of users: the journal's word for its kind.
        shown: what people read: the text, and that of an embed or an ark, a line each.
        image: the image it shows, or None.
        quoted: the id of the message it quotes, or None.
    """

    text: str
    reply_to: str | None
    parts: dict[str, Any]
    msg_type: int
    shown: str
    image: Image | None = None
    quoted: str | None = None


def read_draft(world: World, room: Room, room_id: str, body: dict[str, Any], now: float) -> GuildDraft:
    """The message of a request; changes nothing.

    Args:
        room_id: the channel, or the guild of two of direct messages.
        now: world time, epoch seconds.

    Raises:
        PlatformError: the row that refuses it.
    """
    reply_to = _answered(world, room, room_id, body, now)
    text, kind = string(body, "content"), _TEXT
    parts: dict[str, Any] = {}
    lines: list[str] = []
    if body.get("embed") is not None:
        parts["embeds"], kind = [_embed(body["embed"])], _EMBED
        lines += _embed_lines(parts["embeds"][0])
    if body.get("ark") is not None:
        parts["ark"], kind = _ark(body["ark"], world.settings), _ARK
        lines.append(ark_text(parts["ark"].get("kv") or []))
    _refuse_links("\n".join((text, *lines)), world.settings)
    image = read_image(body)
    if image is not None:
        parts["attachments"], kind = [image.as_attachment()], _IMAGE
    if body.get("markdown") is not None:
        if text or any(body.get(name) for name in _PLAIN_PARTS):
            raise PlatformError("markdown_with_other_parts")
        parts["markdown"], kind = read_markdown(body["markdown"], world.settings), _MARKDOWN
        text = parts["markdown"].get("content") or ""
    if body.get("keyboard") is not None:
        parts["keyboard"] = read_keyboard(body["keyboard"], world.settings)
    if not text and not parts:
        raise PlatformError("guild_message_empty")
    quoted = None
    if body.get("message_reference") is not None:
        parts["message_reference"] = body["message_reference"]
        quoted = _quoted(world, room, room_id, body["message_reference"])
    shown = "\n".join(line for line in (text, *lines) if line)
    return GuildDraft(text, reply_to, parts, kind, shown, image, quoted)


def read_markdown(markdown: Any, settings: WorldSettings) -> dict[str, Any]:
    """Native text or a template with its parameters, not both.

    Raises:
        PlatformError: neither, both, an empty parameter, a URL, or a bot that may not.
    """
    if not isinstance(markdown, dict):
        raise PlatformError("markdown_content_invalid")
    content = string(markdown, "content", "", "markdown_content_invalid")
    template = markdown.get("custom_template_id") or markdown.get("template_id")
    if content and template:
        raise PlatformError("markdown_two_kinds")
    if not content and not template:
        raise PlatformError("markdown_content_invalid")
    if content and settings.switch("native_markdown") == "refused":
        raise PlatformError(_NO_MARKDOWN[settings.switch("guild_markdown_wording")])
    for parameter in objects(markdown, "params", "markdown_content_invalid"):
        values = parameter.get("values")
        if not parameter.get("key") or not isinstance(values, list) or not all(values):
            raise PlatformError("markdown_value_empty")
        _refuse_links(" ".join(map(str, values)), settings)
    _refuse_links(content, settings)
    return markdown


def read_keyboard(keyboard: Any, settings: WorldSettings) -> dict[str, Any]:
    """`{"id"}` of a template, or `{"content": {"rows": [{"buttons": […]}]}}`, five by five.

    Raises:
        PlatformError: it is neither, or too large.
    """
    if not isinstance(keyboard, dict):
        raise PlatformError("keyboard_parse_error")
    content = keyboard.get("content")
    if content is None:
        if not string(keyboard, "id", "", "keyboard_parse_error"):
            raise PlatformError("keyboard_not_found")
        return keyboard
    if not isinstance(content, dict):
        raise PlatformError("keyboard_parse_error")
    rows = objects(content, "rows", "keyboard_parse_error")
    in_rows = [objects(row, "buttons", "keyboard_parse_error") for row in rows]
    is_checked = settings.switch("keyboard_texts") == "checked"
    if (
        len(rows) > _ROWS
        or any(len(buttons) > _COLUMNS for buttons in in_rows)
        or (is_checked and any(says_too_much(button) for buttons in in_rows for button in buttons))
    ):
        raise PlatformError("keyboard_content_error")
    return keyboard


def _refuse_links(text: str, settings: WorldSettings) -> None:
    if settings.switch("urls") != "allowed" and links_in(text):
        raise PlatformError("guild_url_not_allowed")


def _answered(world: World, room: Room, room_id: str, body: dict[str, Any], now: float) -> str | None:
    for key in ("msg_id", "event_id"):
        given = string(body, key, "", "guild_msg_id_invalid")
        if not given:
            continue
        message = world.guilds.message(room, room_id, given)
        if message is not None and message.author_id == world.bot_id:
            raise PlatformError("reply_to_own_message")
        anchor = world.anchors.get(given)
        if anchor is None or (anchor.scene, anchor.openid) != (room, room_id):
            raise PlatformError("guild_msg_id_invalid")
        if now - anchor.at > REPLY_SECONDS:
            raise PlatformError("guild_msg_id_expired")
        return given
    return None


def _embed(embed: Any) -> dict[str, Any]:
    """Title, prompt, thumbnail and fields (docs/…/message/type/embed.md); NoneBot wants the first two."""
    if not isinstance(embed, dict):
        raise PlatformError("message_template_type_invalid")
    objects(embed, "fields", "message_template_type_invalid")
    return {"title": "", "prompt": "", **embed}


def _ark(ark: Any, settings: WorldSettings) -> dict[str, Any]:
    if not isinstance(ark, dict) or not isinstance(ark.get("template_id"), int):
        raise PlatformError("message_template_type_invalid")
    objects(ark, "kv", "message_template_type_invalid")
    if ark["template_id"] not in _TEMPLATES or settings.switch("ark") == "refused":
        raise PlatformError("guild_ark_not_allowed")
    return ark


def _embed_lines(embed: dict[str, Any]) -> list[str]:
    """The title and the names of the fields."""
    names = (embed["title"], *(row.get("name") for row in embed.get("fields") or []))
    return [name for name in names if isinstance(name, str)]


def _quoted(world: World, room: Room, room_id: str, reference: Any) -> str | None:
    if not isinstance(reference, dict):
        raise PlatformError(INVALID)
    quoted = find_message(world, room, room_id, string(reference, "message_id"))
    if quoted is None and reference.get("ignore_get_message_error") is not True:
        raise PlatformError("guild_message_unavailable")
    return None if quoted is None else quoted.id
