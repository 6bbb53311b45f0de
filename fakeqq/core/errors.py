"""What stops a request: the platform's own refusal, or a mistake in what a test asked of the emulator."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from fakeqq.core.nesting import NESTING_LIMIT, nests_too_deep
from fakeqq.wire import frames

if TYPE_CHECKING:
    from collections.abc import Iterable


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
    hint = f"; did you mean {suggestion!r}?" if suggestion else f"; known: {', '.join(words[:20])}" if words else ""
    return ControlError(f"unknown_{kind}", f"unknown {kind} {word!r}{hint}", suggestion=suggestion, status=status)


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
