"""What stops a request: the platform's own refusal, or a mistake in what a test asked of the emulator."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from fakeqq.core.nesting import NESTING_LIMIT, nests_too_deep
from fakeqq.wire import frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pydantic import ValidationError

    Location = tuple[int | str, ...]


# How much of an unknown word is compared and repeated; every known one is shorter. Our choice.
_LONGEST_WORD = 200


class PlatformError(Exception):
    """The platform refuses a bot's request.

    Args:
        name: an error row of `fakeqq.wire.errors`; its era's status, code and text are looked up when answered.
        detail: appended to the row's text after one space, as the platform does with an offending URL.
    """

    def __init__(self, name: str, detail: str = "") -> None:
        super().__init__(name)
        self.name = name
        self.detail = detail


class ControlError(Exception):
    """A test asked for something that does not exist or makes no sense.

    Attributes:
        status: HTTP status for the control API.
        code: stable word for programs, e.g. `unknown_field`.
        message: sentence for people; says what is wrong and what is allowed.
        suggestion: the nearest thing that does exist, or None.
    """

    def __init__(self, code: str, message: str, *, suggestion: str | None = None, status: int = 422) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.suggestion = suggestion


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to `word`, or None when none is close."""
    matches = difflib.get_close_matches(word[:_LONGEST_WORD], list(known), n=1, cutoff=0.5)
    return matches[0] if matches else None


def unknown(kind: str, word: str, known: Iterable[str], *, status: int = 422) -> ControlError:
    """A refusal that names the nearest known word."""
    words = sorted(known)
    word = word[:_LONGEST_WORD]
    suggestion = nearest(word, words)
    hint = did_you_mean(suggestion) if suggestion or not words else f"; known: {', '.join(words[:20])}"
    return ControlError(f"unknown_{kind}", f"unknown {kind} {word!r}{hint}", suggestion=suggestion, status=status)


def did_you_mean(suggestion: str | None) -> str:
    """The end of a refusal's sentence; empty where nothing is near."""
    return f"; did you mean {suggestion!r}?" if suggestion else ""


def explain(
    error: ValidationError, kind: str, *, fields: Callable[[Location], list[str]], tag: str, tags: Iterable[str]
) -> ControlError:
    """The first mistake in a file or body that pydantic refused, in words, with the nearest right word.

    Args:
        kind: what was read; the refusal's code is `bad_` and this.
        fields: the fields allowed where a location points.
        tag: what the tagged objects in it are called, and `tags` which there are.
    """
    errors = error.errors(include_url=False)
    # A mistyped name is told before the right one that is missing for it.
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    place = ".".join(map(str, first["loc"])) or kind
    if first["type"] == "extra_forbidden":
        suggestion = nearest(str(first["loc"][-1]), fields(first["loc"]))
        message = f"unknown field at {place}{did_you_mean(suggestion)}"
        return ControlError("unknown_field", message, suggestion=suggestion)
    if first["type"] == "union_tag_invalid":
        return unknown(tag, str(first["ctx"]["tag"]), tags)
    return ControlError(f"bad_{kind}", f"{place}: {first['msg']}")


def must_be_json(value: Any) -> None:
    """Refuse what cannot go over the wire: NaN, infinities, lone surrogates, nesting without end.

    Raises:
        ControlError: says what is wrong with it.
    """
    if nests_too_deep(value):
        raise ControlError("not_json", f"this nests deeper than {NESTING_LIMIT} levels")
    try:
        frames.encode(value).encode()
    except ValueError as error:
        raise ControlError("not_json", f"this cannot be written as JSON text: {error}") from None
