"""Fails stream/exactly-once: its buffer is emptied for the first chunks alone, so that a long answer is shown again."""

import dataclasses

from sinning import sin

import reference_client.http.streams
from reference_client.stream import Dialect, Stream

EMPTIED = 5
"""Chunks that carry what is new; each further one carries all that was written."""


class HoardingStream(Stream):
    def _part(self, *, ends, shown=None):
        part = super()._part(ends=ends, shown=shown)
        if ends or self.dialect is Dialect.FRAMES or self._index < EMPTIED:
            return part
        return dataclasses.replace(part, body=self._chunk(self._text[: part.shown], ends=ends))


reference_client.http.streams.Stream = HoardingStream

if __name__ == "__main__":
    sin()
