"""The shape of an error row, and the body that a row becomes.

Four keys in this order, compact, not escaped, no newline at the end: the logged `content-length` of two
captured answers equals the byte length of exactly this text (tencent-connect/openclaw-qqbot#43 and #83).
"""

from dataclasses import dataclass
from typing import Literal

from fakeqq.wire.eras import Era
from fakeqq.wire.evidence import Evidence, Source
from fakeqq.wire.frames import encode

Shape = Literal["standard", "legacy", "token", "html", "text"]
"""
* standard: `message, code, err_code, trace_id`; the API since 2024.
* legacy: `code, message`; the guild API of 2022 and 2023, trace id in the header only.
* token: `code, message`; the token endpoint, whose status stays 200.
* html: a page of the server in front of the API.
* text: a plain text of that server.
"""


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One way the platform says no.

    Attributes:
        name: what faults, journals and code call it.
        status: the HTTP status.
        code: the older number; the status stands here where nobody saw a number.
        err_code: the newer number, often the same; None where the body has no such key.
        message: the wire text byte for byte; "" where nobody saw one.
        era: the era that has this row; None for both.
        evidence: for the number and the text.
        status_evidence: for the status.
    """

    name: str
    status: int
    code: int
    err_code: int | None
    message: str
    era: Era | None
    shape: Shape
    evidence: Evidence
    sources: tuple[Source, ...]
    note: str = ""
    status_evidence: Evidence = Evidence.INFERRED


def error_body(row: ErrorRow, trace_id: str, message: str | None = None) -> dict[str, object]:
    """The JSON body of a row, in the platform's key order; for html and text rows the standard body."""
    text = row.message if message is None else message
    if row.shape in {"legacy", "token"}:
        return {"code": row.code, "message": text}
    return {"message": text, "code": row.code, "err_code": row.err_code or row.code, "trace_id": trace_id}


def error_text(row: ErrorRow, trace_id: str, message: str | None = None, *, without_code: bool = False) -> str:
    """The whole body of a row as it goes over the wire.

    Args:
        without_code: the documented body of 2026, `err_code, message, trace_id`, in place of the standard one.
    """
    if row.shape == "html":
        return html_page(row.status, row.message)
    if row.shape == "text":
        return row.message
    body = error_body(row, trace_id, message)
    if without_code and row.shape == "standard":
        body = {key: body[key] for key in ("err_code", "message", "trace_id")}
    return encode(body)


def html_page(status: int, phrase: str) -> str:
    """A page of the server in front, in the form of its kind; the platform's own was never captured."""
    title = f"{status} {phrase}"
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
        "<hr><center>stgw</center>\r\n</body>\r\n</html>\r\n"
    )


_STATUS_FOR_PREFIX = {"4003": 400, "4005": 400, "4006": 400, "5005": 500, "5006": 500}
_LONG_CODE = 8


def inferred_status(code: int) -> int:
    """The status of a code whose status nobody saw.

    400 for 4003xxxx, 4005xxxx and 4006xxxx, 500 for 5005xxxx and 5006xxxx: the pattern of those seen.
    Shorter numbers get 400, the status of nearly every observed refusal.
    """
    text = str(code)
    return _STATUS_FOR_PREFIX.get(text[:4], 400) if len(text) == _LONG_CODE else 400


def standard(  # noqa: PLR0913 - the columns of a row
    name: str,
    status: int | None,
    code: int,
    message: str,
    evidence: Evidence,
    *sources: Source,
    err_code: int | None = None,
    era: Era | None = None,
    status_evidence: Evidence | None = None,
    note: str = "",
) -> ErrorRow:
    """A row of the standard shape; `status` None means that nobody saw it."""
    known = Evidence.OBSERVED if evidence is Evidence.OBSERVED else Evidence.INFERRED
    return ErrorRow(
        name,
        inferred_status(code) if status is None else status,
        code,
        code if err_code is None else err_code,
        message,
        era,
        "standard",
        evidence,
        sources,
        note,
        Evidence.INFERRED if status is None else (status_evidence or known),
    )


def legacy(  # noqa: PLR0913 - the columns of a row
    name: str,
    status: int | None,
    code: int,
    message: str,
    evidence: Evidence,
    *sources: Source,
    status_evidence: Evidence | None = None,
    note: str = "",
) -> ErrorRow:
    """A row of the two-key shape."""
    row = standard(name, status, code, message, evidence, status_evidence=status_evidence)
    return ErrorRow(name, row.status, code, None, message, None, "legacy", evidence, sources, note, row.status_evidence)
