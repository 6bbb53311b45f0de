"""The page docs/PROVENANCE.md: every row of this package with what stands behind it.

`python -m fakeqq.wire.provenance` prints it.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

from fakeqq.wire import business_codes
from fakeqq.wire.close_codes import CLOSE_CODES
from fakeqq.wire.endpoints import OPERATIONS
from fakeqq.wire.errors import ERROR_GROUPS, ERRORS, ErrorRow
from fakeqq.wire.evidence import Evidence, Source
from fakeqq.wire.intents import INTENT_ROWS
from fakeqq.wire.limits import LIMITS
from fakeqq.wire.ops import OP_ROWS
from fakeqq.wire.switches import CONTESTED

_HEAD = """# Provenance

Every fact that fakeqq sends or judges by, with its public source and how well it is known. Made from the
tables in `fakeqq/wire` by `make docs`; do not edit.

* **documented**: Tencent says so, in its documentation or in an official SDK.
* **observed**: seen on the real platform, in a captured log or in a dated report.
* **inferred**: read from the code of clients that work in production.
* **our choice**: nobody has evidence; we had to do something.

Where sources disagree, the note says how. "docs 2025" is the repository of the documentation, which stopped
in April 2025; "docs 2026" are later pages of the site, kept in a public copy. A "field report" is public
client code, or the notes of a developer who ran it, that has no stable address.
"""

_ANSWERS = {True: "yes", False: "no", None: "not said"}


class _Row(Protocol):
    """What every row of this package has."""

    @property
    def sources(self) -> tuple[Source, ...]: ...


def render() -> str:
    """The page as Markdown text, ending with one newline."""
    sections = (
        _HEAD.rstrip(),
        _summary(),
        _ops(),
        _close_codes(),
        _intents(),
        _limits(),
        _switches(),
        _errors(),
        _operations(),
        _business_codes(),
        _links(),
    )
    return "\n\n".join(sections) + "\n"


def _summary() -> str:
    tables: tuple[tuple[str, Iterable[Evidence]], ...] = (
        ("operation codes", (row.evidence for row in OP_ROWS)),
        ("close codes", (row.evidence for row in CLOSE_CODES.values())),
        ("intents", (row.evidence for row in INTENT_ROWS)),
        ("limits", (row.evidence for row in LIMITS)),
        ("switches", (row.evidence for row in CONTESTED)),
        ("errors: number and text", (row.evidence for row in ERRORS)),
        ("errors: status", (row.status_evidence for row in ERRORS)),
        ("operations", (row.evidence for row in OPERATIONS)),
    )
    counted = [(name, Counter(evidence)) for name, evidence in tables]
    rows = [(name, *(str(count[kind]) for kind in Evidence)) for name, count in counted]
    return "## How much is known\n\n" + _table(("table", *Evidence), rows)


def _ops() -> str:
    rows = [
        (
            str(row.op.value),
            row.op.name,
            row.sender,
            row.meaning,
            row.evidence,
            _sources(row.sources),
            row.note,
        )
        for row in OP_ROWS
    ]
    return "## Operation codes\n\n" + _table(("op", "name", "sent by", "meaning", "evidence", "sources", "note"), rows)


def _close_codes() -> str:
    rows = [
        (
            str(row.code),
            row.name,
            row.meaning,
            _text(row.reason),
            _ANSWERS[row.may_resume],
            _ANSWERS[row.may_identify],
            row.evidence,
            _sources(row.sources),
            row.note,
        )
        for row in CLOSE_CODES.values()
    ]
    columns = (
        "code",
        "name",
        "meaning",
        "reason text",
        "RESUME?",
        "IDENTIFY?",
        "evidence",
        "sources",
        "note",
    )
    return "## Close codes\n\n" + _table(columns, rows)


def _intents() -> str:
    rows = [
        (
            str(row.bit),
            row.name,
            " ".join(row.events),
            "private only" if row.private_only else "",
            row.evidence,
            _sources(row.sources),
            row.note,
        )
        for row in INTENT_ROWS
    ]
    return "## Intents\n\n" + _table(("bit", "name", "events", "who", "evidence", "sources", "note"), rows)


def _limits() -> str:
    rows = [(row.name, str(row.value), row.unit, row.evidence, _sources(row.sources), row.note) for row in LIMITS]
    return "## Limits\n\n" + _table(("name", "value", "unit", "evidence", "sources", "note"), rows)


def _switches() -> str:
    rows = [
        (
            row.name,
            ", ".join(f"**{choice}**" if choice == row.default else choice for choice in row.choices),
            row.meaning,
            row.evidence,
            _sources(row.sources),
            row.note,
        )
        for row in CONTESTED
    ]
    return "## Switches\n\nRules that sources contest. The default is bold, the evidence is its own.\n\n" + _table(
        ("name", "choices", "meaning", "evidence", "sources", "note"), rows
    )


def _errors() -> str:
    parts = ["## Errors\n\nA status in italics is inferred or our choice. Texts are those of the wire."]
    columns = ("name", "status", "code", "err_code", "text", "shape", "era", "evidence", "sources", "note")
    for title, group in ERROR_GROUPS.items():
        parts.append(f"### {title}\n\n" + _table(columns, [_error(row) for row in group]))
    return "\n\n".join(parts)


def _error(row: ErrorRow) -> tuple[str, ...]:
    sure = row.status_evidence in {Evidence.DOCUMENTED, Evidence.OBSERVED}
    return (
        row.name,
        str(row.status) if sure else f"*{row.status}*",
        str(row.code),
        "" if row.err_code is None else str(row.err_code),
        _text(row.message),
        row.shape,
        "" if row.era is None else row.era,
        row.evidence,
        _sources(row.sources),
        row.note,
    )


def _operations() -> str:
    rows = [(row.method, _text(row.path), row.evidence, _sources(row.sources)) for row in OPERATIONS]
    return "## Operations\n\n" + _table(("method", "path", "evidence", "sources"), rows)


def _business_codes() -> str:
    numbers = [(str(code), meaning) for code, meaning in business_codes.BUSINESS_CODES.items()]
    ranges = [(f"{codes.start}-{codes.stop - 1}", meaning) for codes, meaning in business_codes.BUSINESS_CODE_RANGES]
    return (
        f"## Business codes\n\nThe official list; {business_codes.EVIDENCE} in "
        f"{_sources(business_codes.SOURCES)}.\n\n" + _table(("code", "meaning"), numbers + ranges)
    )


def _text(text: str) -> str:
    return f"`{text}`" if text else ""


def _sources(sources: Sequence[Source]) -> str:
    return "<br>".join(map(_source, sources))


def _source(source: Source) -> str:
    """A reference to a link at the end of the page, or the bare name of a source without address."""
    return source.label if source.url is None else f"[{_link_text(source)}]"


def _link_text(source: Source) -> str:
    if source.url is None or source.location == source.url:
        return source.label
    return f"{source.label} {source.url.rpartition('/')[2]}"


def _links() -> str:
    """The addresses that the references above point at, each once."""
    tables: tuple[Iterable[_Row], ...] = (
        OP_ROWS,
        CLOSE_CODES.values(),
        INTENT_ROWS,
        LIMITS,
        CONTESTED,
        ERRORS,
        OPERATIONS,
    )
    sources = {source for table in tables for row in table for source in row.sources}
    sources |= set(business_codes.SOURCES)
    links = {f"[{_link_text(source)}]: {source.url}" for source in sources if source.url is not None}
    return "\n".join(sorted(links))


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(render())
