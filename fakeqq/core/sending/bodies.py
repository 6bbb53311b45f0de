"""What a send request carries, type by type: the shape each demands, and what a user then sees."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.sending.keyboards import read_keyboard
from fakeqq.core.sending.links import refuse_links
from fakeqq.core.sending.templates import markdown_template, read_ark
from fakeqq.wire import limits

if TYPE_CHECKING:
    from fakeqq.core.people import Scene
    from fakeqq.core.settings import WorldSettings

# msg_type of the two chat scenes (https://bot.q.qq.com/wiki, sending messages); 4, embed, is for guilds only.
TEXT, MARKDOWN, ARK, INPUT_NOTIFY, MEDIA = 0, 2, 3, 6, 7

# The only input_type there is: "typing".
_TYPING = 1
# What another type carries; in a text message without text it is a mistake of the type.
_CARRIERS = ("markdown", "ark", "embed", "media", "input_notify")
# An image in markdown: `![text](address)`.
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]+\)")
_GUIDE_KEYS = ("prompt_keyboard", "action_button")


@dataclass(slots=True)
class Content:
    """What a user sees.

    Attributes:
        file_info: of the uploaded file to show, or None.
        typing_seconds: how long "typing" is shown, or None when this is a message.
        guide: the `prompt_keyboard` and the `action_button` of a chunk of a stream, where it has them.
    """

    text: str
    keyboard: dict[str, Any] | None = None
    file_info: str | None = None
    typing_seconds: int | None = None
    guide: dict[str, Any] = field(default_factory=dict)


def read(body: dict[str, Any], msg_type: int, scene: Scene, settings: WorldSettings) -> Content:
    """The content of a request of a known type.

    Raises:
        PlatformError: the row that refuses it.
    """
    match msg_type:
        case 0:
            content = Content(_plain_text(body))
        case 2:
            content = Content(_markdown(body, settings))
        case 3:
            content = Content(read_ark(body.get("ark"), settings))
        case 6 if scene == "c2c":
            return Content("", typing_seconds=_typing(body.get("input_notify")))
        case 7:
            content = Content(_caption(body), file_info=_file_info(body.get("media")))
        case _:
            # The documents' table for users has no row of its own for this.
            raise PlatformError("message_type_invalid" if scene == "group" else "message_type_mismatch")
    if content.text:
        refuse_links(content.text, settings)
        if settings.message_chars is not None and len(content.text) > settings.message_chars:
            raise PlatformError("content_too_long")
    keyboard = body.get("keyboard")
    if keyboard is not None:
        content.keyboard = read_keyboard(keyboard, scene, settings)
    return content


def read_part(body: dict[str, Any], msg_type: int, settings: WorldSettings) -> Content:
    """The content of one chunk of a stream, text or markdown; it may be empty.

    Raises:
        PlatformError: the row that refuses it.
    """
    text: Any
    if msg_type == MARKDOWN:
        markdown = body.get("markdown")
        if not isinstance(markdown, dict | None):
            raise PlatformError("markdown_invalid")
        text = markdown.get("content") if markdown else None
        if text and settings.switch("native_markdown") == "refused":
            raise PlatformError("markdown_not_allowed")
    else:
        text = body.get("content")
    if not isinstance(text, str | None):
        raise PlatformError("markdown_invalid" if msg_type == MARKDOWN else "request_malformed")
    refuse_links(text or "", settings)
    keyboard = body.get("keyboard")
    content = Content(text or "", None if keyboard is None else read_keyboard(keyboard, "c2c", settings))
    content.guide = _guide(body, settings)
    return content


def _guide(body: dict[str, Any], settings: WorldSettings) -> dict[str, Any]:
    """What older clients hang under a stream (tencent-connect/botgo@660d5f6 dto/message_create.go).

    Raises:
        PlatformError: a part is no object, or its keyboard is none.
    """
    guide = {key: body[key] for key in _GUIDE_KEYS if body.get(key) is not None}
    if not all(isinstance(part, dict) for part in guide.values()):
        raise PlatformError("request_malformed")
    prompts = guide.get("prompt_keyboard", {}).get("keyboard")
    if prompts is not None:
        read_keyboard(prompts, "c2c", settings)
    return guide


def integer(body: dict[str, Any], key: str, default: int) -> int:
    """An integer of the request; absent and null are the default.

    Raises:
        PlatformError: it is something else.
    """
    value = body.get(key)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool):
        raise PlatformError("request_malformed")
    return value


def flag(body: dict[str, Any], key: str) -> bool:
    """A boolean of the request; absent and null are false.

    Raises:
        PlatformError: it is something else.
    """
    value = body.get(key)
    if value is not None and not isinstance(value, bool):
        raise PlatformError("request_malformed")
    return value is True


def _plain_text(body: dict[str, Any]) -> str:
    content = body.get("content")
    if content is not None and not isinstance(content, str):
        raise PlatformError("request_malformed")
    if not content:
        carries_other = any(body.get(key) is not None for key in _CARRIERS)
        raise PlatformError("message_type_mismatch" if carries_other else "content_invalid")
    return content


def _markdown(body: dict[str, Any], settings: WorldSettings) -> str:
    """The markdown's text; `content` beside it is accepted and not shown, as on the platform."""
    markdown = body.get("markdown")
    if not isinstance(markdown, dict):
        raise PlatformError("markdown_invalid")
    content = markdown.get("content")
    if isinstance(content, str) and content:
        if settings.switch("native_markdown") == "refused":
            raise PlatformError("markdown_not_allowed")
        _verify_images(markdown, content, settings)
        return content
    if markdown.get("custom_template_id") or markdown.get("template_id"):
        return markdown_template(markdown, settings)
    if body.get("keyboard") is None:
        raise PlatformError("markdown_invalid")
    return ""


def _verify_images(markdown: dict[str, Any], content: str, settings: WorldSettings) -> None:
    is_forced = flag(markdown, "force_verify_image_resource")
    if is_forced and settings.switch("forced_images") == "fail" and _IMAGE.search(content):
        raise PlatformError("media_transfer_failed")


def _typing(notify: Any) -> int:
    if not isinstance(notify, dict):
        raise PlatformError("input_type_invalid")
    seconds = integer(notify, "input_second", 1)
    if integer(notify, "input_type", 0) != _TYPING or not 0 < seconds <= limits.TYPING_SECONDS.value:
        raise PlatformError("input_type_invalid")
    return seconds


def _file_info(media: Any) -> str:
    if not isinstance(media, dict):
        raise PlatformError("request_malformed")
    file_info = media.get("file_info")
    if not isinstance(file_info, str) or not file_info:
        raise PlatformError("file_info_invalid")
    return file_info


def _caption(body: dict[str, Any]) -> str:
    content = body.get("content")
    return content if isinstance(content, str) else ""
