"""Known-failing files: failures that somebody has looked at, each with a reason and a link.

One entry per line, `chapter/slug[variant]  # reason URL`. Blank lines and lines that begin with `#` are free. An
entry excuses a failure; one that has started to pass makes the run fail, so that the file cannot rot.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from fakeqq.launch.errors import unreadable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from conformance.outcome import Outcome

HEAD = """\
# Written from a run. Each link is the first public failure of this kind that the check names: put your own issue there,
# and your own reason before it. A line whose check passes makes the run fail; take it out then."""

REASON_LENGTH = 160
"""Characters kept of what was observed."""

_URL = re.compile(r"https?://\S+")


class KnownFailingError(ValueError):
    """A line that is not an entry; the message names file, line and remedy."""


def parse(text: str, ids: Collection[str], *, name: str = "known-failing file") -> dict[str, str]:
    """The entries of a file: id to reason.

    Args:
        text: the file's content.
        ids: the ids of every case there is, variants included.
        name: how messages call the file.

    Raises:
        KnownFailingError: an entry without reason or link, an unknown id, or one that is listed twice.
    """
    entries: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        check_id, _, reason = (part.strip() for part in line.partition("#"))
        if not reason or not _URL.search(reason):
            raise KnownFailingError(f"{name}:{number}: {check_id}: write `{check_id}  # reason URL`")
        if check_id not in ids:
            variants = sorted(known for known in ids if known.startswith(f"{check_id}["))
            near = variants or difflib.get_close_matches(check_id, ids, n=3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise KnownFailingError(f"{name}:{number}: no check has the id {check_id!r}{hint}")
        if check_id in entries:
            raise KnownFailingError(f"{name}:{number}: {check_id} is listed twice")
        entries[check_id] = reason
    return entries


def render(failed: Sequence[Outcome], kept: Mapping[str, str]) -> str:
    """A file of these failures, and of those in `kept`, whose reasons stay as they are.

    A new entry gives what was observed as its reason, and as its link the first public failure of the row's kind.
    """
    entries = {outcome.id: _reason(outcome) for outcome in failed} | dict(kept)
    lines = [f"{check_id}  # {reason}" for check_id, reason in sorted(entries.items())]
    return "\n".join([HEAD, *lines]) + "\n"


def _reason(outcome: Outcome) -> str:
    observed = outcome.observed or "; ".join(outcome.remarks)
    return f"{' '.join(observed.split())[:REASON_LENGTH]} {outcome.row.why[0]}"


def read(path: Path, ids: Collection[str]) -> dict[str, str]:
    """The entries of a file on disk.

    Raises:
        KnownFailingError: as `parse`, or the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnownFailingError(f"{path}: {unreadable(error)}") from error
    return parse(text, ids, name=str(path))
