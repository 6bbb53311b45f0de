"""What a close code costs: resume, identify, ask for a new token, or stop.

The facts are the rows of `fakeqq.wire.close_codes`. This module only adds a decision where the rows hold
none.
"""

from enum import StrEnum

from fakeqq.wire.close_codes import CloseCode, close_rule


class Course(StrEnum):
    """How to go on after a connection has ended."""

    RESUME = "resume"
    """Keep the session, if there is one."""
    IDENTIFY = "identify"
    """The session is dead; a new one may be opened."""
    NEW_TOKEN = "new token"  # noqa: S105 - a word, not a password
    """Keep the session, but come back with another access token."""
    STOP = "stop"
    """Neither may follow: trying again cannot help."""


def course_after(code: int | None) -> Course:
    """The course after a close `code`; None when the connection ended without a close frame.

    Where no row or no source decides, we resume: a RESUME that is refused costs one connection, a session
    thrown away costs every event that was missed. The number of refused RESUMEs is bounded by the session
    machine.
    """
    if code == CloseCode.AUTHENTICATION_FAILED:
        # botgo's comment on 4004: the access token has expired. It speaks of the token, not of the session.
        return Course.NEW_TOKEN
    row = close_rule(code) if code is not None else None
    if row is None or row.may_resume is not False:
        return Course.RESUME
    return Course.STOP if row.may_identify is False else Course.IDENTIFY


def explain(code: int | None, reason: str) -> str:
    """A close code in words, for the log and for the person who must act on it; without a code, `reason` is our own."""
    row = close_rule(code) if code is not None else None
    words = row.meaning if row is not None else "connection lost" if code is None else "unknown close code"
    if code is None:
        return f"{words} ({reason})" if reason else words
    said = f' (the platform says "{reason}")' if reason else ""
    return f"{code}: {words}{said}"
