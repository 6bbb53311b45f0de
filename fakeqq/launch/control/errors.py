"""What a call of the control API can end with besides an answer."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING, Any

from fakeqq.launch.errors import LaunchError

if TYPE_CHECKING:
    import httpx2


SHOWN = 120
"""Characters of a stranger's answer that a message shows: enough to know whose it is. Our choice."""


class ControlError(LaunchError):
    """A refused call.

    Attributes:
        code: the error's name, such as `unknown_field`; `unreachable` when no server answers.
        message: what is wrong.
        suggestion: what to write or do instead; None when there is nothing to suggest.
    """

    def __init__(self, code: str, message: str, suggestion: str | None) -> None:
        # A server's refusal ends with its suggestion already.
        advice = "" if suggestion is None or repr(suggestion) in message else suggestion
        super().__init__(message, advice, exit_code=2)
        self.code = code
        self.suggestion = suggestion


class JournalTimeout(ControlError):  # noqa: N818 (often it is the verdict, not an error)
    """A wait for journal entries that did not come.

    Attributes:
        matched: how many did come.
        nearest: the entries that came closest, each `{"entry": {…}, "differs": {path: {"expected", "found"}}}`.
    """

    def __init__(self, message: str, matched: int, nearest: list[dict[str, Any]]) -> None:
        super().__init__("timeout", message, None)
        self.matched = matched
        self.nearest = nearest


def unreachable(url: str, error: Exception) -> ControlError:
    """The error for a server that does not answer."""
    return ControlError(
        "unreachable",
        f"no fakeqq server answers at {url} ({error})",
        "Start one with `fakeqq serve`, or name its address with --url.",
    )


def refusal(response: httpx2.Response) -> ControlError:
    """The server's own words for a refused call, whatever shape they have."""
    try:
        value = response.json()
        error = value["error"]
        code, message = str(error["code"]), str(error["message"])
    except (ValueError, KeyError, TypeError):
        text = shorten(response.text, SHOWN, placeholder="…")
        return ControlError(
            "not_the_control_api",
            f"HTTP {response.status_code} from {response.request.url}: {text or '(no body)'}",
            "Is this the address of a fakeqq server's control API (…/_fakeqq)?",
        )
    if code == "timeout":
        return JournalTimeout(message, int(value.get("matched", 0)), list(value.get("nearest", [])))
    return ControlError(code, message, error.get("suggestion"))
