"""The files of `--report DIR`: everything that people, CI and other programs read of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.report import badge
from conformance.report.document import encode
from conformance.report.page import report_page
from conformance.report.summary import summary

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.report.document import Results

PAGE = "report.html"


def write_report(directory: Path, run: Results) -> Path:
    """Write every file but JUnit's; returns the page's path."""
    directory.mkdir(parents=True, exist_ok=True)
    contents = {
        PAGE: report_page(run).encode(),
        "results.json": encode(run),
        "summary.md": summary(run).encode(),
        "badge.svg": badge.svg(run).encode(),
        "badge.json": badge.endpoint(run).encode(),
    }
    for name, content in contents.items():
        (directory / name).write_bytes(content)
    return directory / PAGE


def append_summary(file: Path, run: Results) -> None:
    """Add the Markdown summary to a file; CI systems collect what several steps append."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as out:
        out.write(summary(run))
