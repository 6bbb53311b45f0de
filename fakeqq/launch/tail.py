"""What a child prints: read without pause so that it never blocks, kept within bounds."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TAIL_BYTES = 64 * 1024
"""Kept in memory, for the last lines."""

FILE_BYTES = 16 * 1024 * 1024
"""Written to the output file; a bot in a hot loop must not fill the disk."""

_CHUNK = 64 * 1024


class Tail:
    """Reads one pipe to its end in a thread of its own.

    Attributes:
        grown: notified whenever something was read.
    """

    def __init__(self, descriptor: int, output: Path | None) -> None:
        """Take over `descriptor`; everything up to FILE_BYTES also goes into `output`, made anew."""
        self.grown = threading.Condition()
        self._recent = bytearray()
        self._file = output.open("wb", buffering=0) if output is not None else None
        self._thread = threading.Thread(target=self._drain, args=(descriptor,), name="fakeqq-output", daemon=True)
        self._thread.start()

    def _drain(self, descriptor: int) -> None:
        room = FILE_BYTES
        try:
            while chunk := os.read(descriptor, _CHUNK):
                with self.grown:
                    self._recent += chunk
                    del self._recent[:-TAIL_BYTES]
                    self.grown.notify_all()
                if self._file is not None and room > 0:
                    self._file.write(chunk[:room])
                    room -= len(chunk)
                    if room <= 0:
                        self._file.write(b"\n[fakeqq: the rest of the output is left out]\n")
        finally:
            os.close(descriptor)
            if self._file is not None:
                self._file.close()

    def lines(self, count: int) -> str:
        """The last lines read so far."""
        return "\n".join(self.text().splitlines()[-count:]) if count > 0 else ""

    def text(self) -> str:
        """Everything that is kept in memory."""
        with self.grown:
            return self._recent.decode("utf-8", "replace")

    def finish(self, timeout: float) -> None:
        """Wait until everything is read, which is when no process holds the other end any more."""
        self._thread.join(timeout)
