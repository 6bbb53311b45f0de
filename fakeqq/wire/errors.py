"""Every way the platform is known to refuse, by name and by number.

`code` is the older number, `err_code` the newer one of eight digits; where they differ, both are in the row.
Pages of 2026 show bodies without `code`, every capture still has both. Where nobody saw a status, it follows
the pattern of the others (`fakeqq.wire.error_row.inferred_status`) and `status_evidence` says so.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from fakeqq.wire.eras import DEFAULT_ERA, Era
from fakeqq.wire.error_row import ErrorRow, Shape, error_body, error_text, html_page
from fakeqq.wire.errors_access import AUTHENTICATION_ERRORS, ROUTE_ERRORS, TOKEN_ERRORS
from fakeqq.wire.errors_guilds import GUILD_BUSINESS_ERRORS
from fakeqq.wire.errors_media import GUILD_ERRORS, STORAGE_ERRORS, UPLOAD_ERRORS
from fakeqq.wire.errors_messages import (
    CONTENT_ERRORS,
    MARKDOWN_ERRORS,
    PROACTIVE_ERRORS,
    RELATION_ERRORS,
    REPLY_ERRORS,
)
from fakeqq.wire.errors_streams import INTERACTION_ERRORS, RECALL_ERRORS, STREAM_ERRORS

__all__ = [
    "ERRORS",
    "ERROR_GROUPS",
    "ErrorRow",
    "Shape",
    "error_body",
    "error_names",
    "error_row",
    "error_text",
    "find_error",
    "html_page",
]

ERROR_GROUPS: Mapping[str, tuple[ErrorRow, ...]] = MappingProxyType(
    {
        "Token endpoint": TOKEN_ERRORS,
        "Authentication and access": AUTHENTICATION_ERRORS,
        "Route and front": ROUTE_ERRORS,
        "Passive replies": REPLY_ERRORS,
        "Proactive messages": PROACTIVE_ERRORS,
        "Relation of bot, user and group": RELATION_ERRORS,
        "Content": CONTENT_ERRORS,
        "Markdown, keyboards, ark": MARKDOWN_ERRORS,
        "Streams": STREAM_ERRORS,
        "Recall": RECALL_ERRORS,
        "Interactions": INTERACTION_ERRORS,
        "Uploads": UPLOAD_ERRORS,
        "Object storage of uploads": STORAGE_ERRORS,
        "Guilds": GUILD_ERRORS,
        "Guilds, business codes": GUILD_BUSINESS_ERRORS,
    }
)

ERRORS: tuple[ErrorRow, ...] = tuple(row for rows in ERROR_GROUPS.values() for row in rows)


def _by_name(era: Era) -> dict[str, ErrorRow]:
    return {row.name: row for row in ERRORS if row.era in {None, era}}


def _by_number() -> dict[int, ErrorRow]:
    newest_first = sorted(ERRORS, key=lambda row: row.era is Era.EARLY_2026)
    numbers: dict[int, ErrorRow] = {}
    for row in newest_first:
        numbers.setdefault(row.code, row)
    for row in newest_first:
        if row.err_code is not None:
            numbers.setdefault(row.err_code, row)
    return numbers


_NAMED: Mapping[Era, Mapping[str, ErrorRow]] = MappingProxyType({era: _by_name(era) for era in Era})
_NUMBERED: Mapping[int, ErrorRow] = MappingProxyType(_by_number())


def error_names() -> tuple[str, ...]:
    """The names of all rows, each once, in the order of the tables."""
    return tuple(dict.fromkeys(row.name for row in ERRORS))


def error_row(name: str, era: Era = DEFAULT_ERA) -> ErrorRow:
    """The row of a name as it is in an era.

    Raises:
        KeyError: no such row; the message suggests the nearest name.
    """
    row = _NAMED[era].get(name)
    if row is not None:
        return row
    near = get_close_matches(name, _NAMED[era], n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise KeyError(f"no error named {name!r}{hint}")


def find_error(code_or_err_code: int) -> ErrorRow | None:
    """The row that has this number as `code` or, failing that, as `err_code`; the newer era first."""
    return _NUMBERED.get(code_or_err_code)
