"""What an HTTP call came to: an answer in any shape, or none and why.

The platform's errors have four keys, or two, or come with status 200; its front answers HTML; a success may
be empty. Nothing here raises on any of them, and no text is ever empty: an error without words cannot be
acted on.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

TRACE_HEADER = "x-tps-trace-id"
EXCERPT = 200
"""Characters of an unreadable body that are worth a place in an error."""

PENDING_AUDIT = frozenset({304023, 304024})
"""Codes that look like errors and mean: accepted, a person will look at it."""


class Loss(StrEnum):
    """How an answer was lost; it decides whether the platform may have acted."""

    NOT_SENT = "not sent"
    """The connection could not be made: nothing happened."""
    STALE = "stale"
    """A connection that was kept from an earlier call ended before a byte of an answer: it had most likely died
    while it was idle, and the platform saw nothing."""
    DROPPED = "dropped"
    """The connection ended before the answer: nobody knows."""
    TIMEOUT = "timed out"
    """No answer in time: nobody knows."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The call ended without an answer. `detail` is in words and never empty."""

    loss: Loss
    detail: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer.

    Attributes:
        status: the HTTP status.
        body: the body read as JSON, or None when it is empty or something else.
        text: the start of a body that is not JSON.
        trace_id: the platform's trace id, "" without one.
    """

    status: int
    body: Any = None
    text: str = ""
    trace_id: str = ""

    @property
    def code(self) -> int:
        """The legacy number `code`, or `err_code` where only that is there, or 0."""
        return self._number("code") or self._number("err_code")

    @property
    def err_code(self) -> int:
        """The newer number `err_code`, or 0. The two may differ for one error."""
        return self._number("err_code")

    @property
    def codes(self) -> tuple[int, int]:
        """Both numbers; a rule that names either of them applies."""
        return self._number("code"), self._number("err_code")

    @property
    def message(self) -> str:
        """The platform's words, or a description where it had none."""
        message = self.body.get("message") if isinstance(self.body, dict) else None
        if isinstance(message, str) and message.strip():
            return message
        if self.text.strip():
            return f"not JSON: {self.text.strip()}"
        return "empty body" if self.body is None else f"no message in a {type(self.body).__name__}"

    @property
    def audit_id(self) -> str | None:
        """The id of the audit that a message is waiting for, in either of its two places."""
        if not isinstance(self.body, dict):
            return None
        data = self.body.get("data")
        audit = data.get("message_audit") if isinstance(data, dict) else None
        audit_id = audit.get("audit_id") if isinstance(audit, dict) else self.body.get("audit_id")
        return audit_id if isinstance(audit_id, str) else None

    @property
    def succeeded(self) -> bool:
        """A 2xx that does not carry an error: errors with status 200 exist, so does 202 for an audit."""
        if not 200 <= self.status < 300:
            return False
        return self.code == 0 or self.code in PENDING_AUDIT or self.audit_id is not None

    def _number(self, key: str) -> int:
        value = self.body.get(key) if isinstance(self.body, dict) else None
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < EXCERPT:
            return int(value)
        return value if type(value) is int else 0


Outcome = Answer | NoAnswer


def read_answer(status: int, headers: Mapping[str, str], content: bytes) -> Answer:
    """The answer in an HTTP response; whether its body is JSON is seen from the body, not from the type."""
    trace_id = headers.get(TRACE_HEADER, "")
    if not content.strip():
        return Answer(status, trace_id=trace_id)
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return Answer(status, text=content[:EXCERPT].decode(errors="replace"), trace_id=trace_id)
    if isinstance(body, dict) and not trace_id and isinstance(body.get("trace_id"), str):
        trace_id = body["trace_id"]
    return Answer(status, body, trace_id=trace_id)


def describe(outcome: Outcome) -> str:
    """An outcome in one line, for logs and errors; holds no token."""
    if isinstance(outcome, NoAnswer):
        return f"{outcome.loss}: {outcome.detail}" if outcome.detail else str(outcome.loss)
    code, err_code = outcome.codes
    numbers = f" code {code}" if code else ""
    numbers += f" err_code {err_code}" if err_code not in {0, code} else ""
    trace = f" (trace {outcome.trace_id})" if outcome.trace_id else ""
    return f"HTTP {outcome.status}{numbers}: {outcome.message}{trace}"


class ApiError(Exception):
    """A call to the platform that failed for good.

    Attributes:
        outcome: the last answer, or how it was lost.
        status, code, err_code, trace_id: of that answer; 0 and "" without one.
        message: the platform's words, or what became of the answer; never empty.
    """

    def __init__(self, operation: str, outcome: Outcome, because: str = "") -> None:
        """`because` says what led to this last try, when it was not the first."""
        after = f", after {because}" if because else ""
        super().__init__(f"{operation} failed: {describe(outcome)}{after}")
        self.outcome = outcome
        answer = outcome if isinstance(outcome, Answer) else Answer(0)
        self.status = answer.status
        self.code = answer.code
        self.err_code = answer.err_code
        self.trace_id = answer.trace_id
        self.message = outcome.message if isinstance(outcome, Answer) else describe(outcome)
