"""The one command that runs a case again, from the directory where the run was started."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.options import Options

PACKAGE = Path(__file__).resolve().parent.parent


def again_command(options: Options, case_id: str, invoked_in: Path) -> str:
    """`pytest …::chapter/slug --adapter …`, with the options that differ from the defaults."""
    chapter = case_id.partition("/")[0]
    place = Path(os.path.relpath(PACKAGE, invoked_in))
    if place.parts[:1] == ("..",):
        place = PACKAGE
    words = ["pytest", f"{place / 'checks' / chapter}.py::{case_id}"]
    if options.adapter is not None:
        words += ["--adapter", options.adapter]
    if options.adapter is not None and options.command.features:
        words += ["--features", ",".join(sorted(options.command.features))]
    if options.via != "auto":
        words += ["--via", options.via]
    if options.speed != "auto":
        words += ["--speed", options.speed]
    return shlex.join(words)
