"""Buttons under a message: how many, of what kind, and what stands on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.wire import limits

if TYPE_CHECKING:
    from fakeqq.core.people import Scene
    from fakeqq.core.settings import WorldSettings

_ROWS, _COLUMNS = int(limits.KEYBOARD_ROWS.value), int(limits.KEYBOARD_COLUMNS.value)
# 0 jump, 1 callback, 2 command (https://bot.q.qq.com/wiki, message buttons); 3 a jump inside QQ and 4 a subscription
# (tencent-connect/botgo@0314b91 dto/keyboard/keyboard.go).
_COMMAND, _SUBSCRIPTION = 2, 4
_ACTIONS = frozenset(range(5))
# Pages of one year name 0 and 1, or 0 to 3, or 0, 1, 3 and 4: what none of them has is refused.
_STYLES = frozenset(range(5))

# Where a button's texts stand, and how many characters each may have.
_TEXTS = (
    (("render_data", "label"), limits.KEYBOARD_LABEL_CHARS.value),
    (("action", "modal", "content"), limits.KEYBOARD_MODAL_CHARS.value),
    (("action", "modal", "confirm_text"), limits.KEYBOARD_MODAL_BUTTON_CHARS.value),
    (("action", "modal", "cancel_text"), limits.KEYBOARD_MODAL_BUTTON_CHARS.value),
)


def read_keyboard(keyboard: Any, scene: Scene, settings: WorldSettings) -> dict[str, Any]:
    """The keyboard as it is shown: `{"id"}` of a template, or `{"content": {"rows": [{"buttons": […]}]}}`.

    Raises:
        PlatformError: too many rows or buttons, an unknown style (groups) or action, texts that are too long, or no
            keyboard at all.
    """
    if not isinstance(keyboard, dict):
        raise PlatformError("request_malformed")
    content = keyboard.get("content")
    if content is None:
        if not isinstance(keyboard.get("id"), str) or not keyboard["id"]:
            raise PlatformError("request_malformed")
        return keyboard
    rows = content.get("rows") if isinstance(content, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise PlatformError("request_malformed")
    if len(rows) > _ROWS:
        raise PlatformError("keyboard_too_large")
    subscriptions = sum(_read_row(row.get("buttons"), scene, settings) for row in rows)
    # The number is in the table of C2C alone.
    if scene == "c2c" and settings.subscribe_buttons is not None and subscriptions > settings.subscribe_buttons:
        raise PlatformError("subscribe_buttons_limit")
    return keyboard


def says_too_much(button: dict[str, Any]) -> bool:
    """Whether one of a button's texts is longer than the documents allow."""
    return any(_length(button, path) > most for path, most in _TEXTS)


def _read_row(buttons: Any, scene: Scene, settings: WorldSettings) -> int:
    """Check a row; returns how many of its buttons are subscriptions."""
    if not isinstance(buttons, list) or not all(isinstance(button, dict) for button in buttons):
        raise PlatformError("request_malformed")
    if len(buttons) > _COLUMNS:
        raise PlatformError("keyboard_too_large")
    is_checked = settings.switch("keyboard_texts") == "checked"
    subscriptions = 0
    for button in buttons:
        render, action = button.get("render_data"), button.get("action")
        # The number is in the group's table alone.
        if scene == "group" and isinstance(render, dict) and not _is_one_of(render.get("style", 0), _STYLES):
            raise PlatformError("keyboard_style_invalid")
        if isinstance(action, dict):
            subscriptions += _read_action(action, settings) == _SUBSCRIPTION
        if is_checked and says_too_much(button):
            raise PlatformError("request_malformed")
    return subscriptions


def _read_action(action: dict[str, Any], settings: WorldSettings) -> Any:
    """Check what a button does; returns its type."""
    kind = action.get("type", 0)
    if not _is_one_of(kind, _ACTIONS):
        raise PlatformError("command_type_unsupported")
    if kind == _COMMAND and settings.command_chars is not None and _length(action, ("data",)) > settings.command_chars:
        raise PlatformError("command_too_long")
    return kind


def _length(value: Any, path: tuple[str, ...]) -> int:
    """Characters of the text that stands there; 0 where none does."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return len(value) if isinstance(value, str) else 0


def _is_one_of(value: Any, known: frozenset[int]) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in known
