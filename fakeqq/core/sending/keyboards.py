"""Buttons under a message: how many, of what kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError
from fakeqq.wire import limits

if TYPE_CHECKING:
    from fakeqq.core.people import Scene

_ROWS, _COLUMNS = int(limits.KEYBOARD_ROWS.value), int(limits.KEYBOARD_COLUMNS.value)
# 0 jump, 1 callback, 2 command (https://bot.q.qq.com/wiki, message buttons).
_ACTIONS = frozenset({0, 1, 2})
# Pages of one year name 0 and 1, or 0 to 3, or 0, 1, 3 and 4: what none of them has is refused.
_STYLES = frozenset(range(5))


def read_keyboard(keyboard: Any, scene: Scene) -> dict[str, Any]:
    """The keyboard as it is shown: `{"id"}` of a template, or `{"content": {"rows": [{"buttons": […]}]}}`.

    Raises:
        PlatformError: too many rows or buttons, an unknown style (groups) or action, or no keyboard at all.
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
    for row in rows:
        _read_row(row.get("buttons"), scene)
    return keyboard


def _read_row(buttons: Any, scene: Scene) -> None:
    if not isinstance(buttons, list) or not all(isinstance(button, dict) for button in buttons):
        raise PlatformError("request_malformed")
    if len(buttons) > _COLUMNS:
        raise PlatformError("keyboard_too_large")
    for button in buttons:
        render, action = button.get("render_data"), button.get("action")
        # The number is in the group's table alone.
        if scene == "group" and isinstance(render, dict) and not _is_one_of(render.get("style", 0), _STYLES):
            raise PlatformError("keyboard_style_invalid")
        if isinstance(action, dict) and not _is_one_of(action.get("type", 0), _ACTIONS):
            raise PlatformError("command_type_unsupported")


def _is_one_of(value: Any, known: frozenset[int]) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in known
