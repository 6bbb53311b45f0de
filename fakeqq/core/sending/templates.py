"""Messages made of a template and values: markdown templates and arks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fakeqq.core.errors import PlatformError

if TYPE_CHECKING:
    from fakeqq.core.settings import WorldSettings

_MARKDOWN_REFUSALS = {
    "40034127": "markdown_template_not_allowed",
    "304036": "markdown_template_not_allowed_second_wording",
}
_SYNTAX_REFUSALS = {
    "documented": "markdown_parameter_syntax",
    "spaced": "markdown_parameter_syntax_second_wording",
}
# What makes a value look like markdown. Our choice: the rule is documented, its grammar is not.
_SYNTAX = re.compile(r"\*\*|__|~~|`|\]\(|^#{1,6} |^> ")

# template_id → the keys its `kv` may hold, and those that hold a list of objects
# (https://bot.q.qq.com/wiki, sending ark messages).
_ARK_KEYS = {
    23: frozenset({"#DESC#", "#PROMPT#", "#LIST#"}),
    24: frozenset({"#DESC#", "#PROMPT#", "#TITLE#", "#METADESC#", "#IMG#", "#LINK#", "#SUBTITLE#"}),
    37: frozenset({"#PROMPT#", "#METATITLE#", "#METASUBTITLE#", "#METACOVER#", "#METAURL#"}),
}


def markdown_template(markdown: dict[str, Any], settings: WorldSettings) -> str:
    """The values of a filled-in markdown template, a line each; the template's own text is the platform's secret.

    Raises:
        PlatformError: templates are not allowed, or a value is empty, has a line break or markdown in it.
    """
    choice = settings.switch("markdown_template")
    if choice != "allowed":
        raise PlatformError(_MARKDOWN_REFUSALS[choice])
    params = markdown.get("params") or []
    if not isinstance(params, list):
        raise PlatformError("markdown_parameter_error")
    syntax = _SYNTAX_REFUSALS[settings.switch("template_syntax_wording")]
    return "\n".join(_parameter(param, syntax) for param in params)


def _parameter(param: Any, syntax_refusal: str) -> str:
    if not isinstance(param, dict) or not isinstance(param.get("key"), str):
        raise PlatformError("markdown_parameter_error")
    values = param.get("values")
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise PlatformError("markdown_parameter_error")
    if not values or not all(values):
        raise PlatformError("markdown_parameter_empty")
    for value in values:
        if "\n" in value:
            raise PlatformError("markdown_parameter_newline")
        if _SYNTAX.search(value):
            raise PlatformError(syntax_refusal)
    return " ".join(values)


def read_ark(ark: Any, settings: WorldSettings) -> str:
    """The texts of an ark, a line each.

    Raises:
        PlatformError: the bot may not use this template, or its `kv` is not of the documented form.
    """
    if ark is None:
        raise PlatformError("message_type_mismatch")
    if not isinstance(ark, dict):
        raise PlatformError("request_malformed")
    template = ark.get("template_id")
    keys = _ARK_KEYS.get(template) if isinstance(template, int) and not isinstance(template, bool) else None
    if keys is None or settings.switch("ark") == "refused":
        raise PlatformError("ark_not_allowed")
    pairs = ark.get("kv") or []
    if not isinstance(pairs, list):
        raise PlatformError("request_malformed")
    for pair in pairs:
        _check_pair(pair, keys)
    return ark_text(pairs)


def ark_text(pairs: list[dict[str, Any]]) -> str:
    """The texts in the `kv` of an ark, a line each; what has another form is left out."""
    lines: list[str] = []
    for pair in pairs:
        objects = pair.get("obj")
        if isinstance(pair.get("value"), str):
            lines.append(pair["value"])
        elif isinstance(objects, list):
            lines += [" ".join(_object_values(item)) for item in objects]
    return "\n".join(lines)


def _object_values(item: Any) -> list[str]:
    pairs = item.get("obj_kv") if isinstance(item, dict) else None
    values = [pair.get("value") for pair in pairs if isinstance(pair, dict)] if isinstance(pairs, list) else []
    return [value for value in values if isinstance(value, str)]


def _check_pair(pair: Any, keys: frozenset[str]) -> None:
    if not isinstance(pair, dict) or not isinstance(pair.get("key"), str) or pair["key"] not in keys:
        raise PlatformError("request_malformed")
    if isinstance(pair.get("value"), str):
        return
    objects = pair.get("obj")
    if not isinstance(objects, list):
        raise PlatformError("request_malformed")
    for item in objects:
        _check_object(item)


def _check_object(item: Any) -> None:
    pairs = item.get("obj_kv") if isinstance(item, dict) else None
    if not isinstance(pairs, list):
        raise PlatformError("request_malformed")
    for pair in pairs:
        if not isinstance(pair, dict) or not isinstance(pair.get("key"), str) or not isinstance(pair.get("value"), str):
            raise PlatformError("request_malformed")
