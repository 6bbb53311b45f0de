"""Fails stream/newline-error: the repaired chunk comes under the next index, as if the refused one had used its own."""

from sinning import sin

import reference_client.http.streams
from reference_client.stream import Stream


class HastyStream(Stream):
    def again(self, part):
        if self._newline and self.wait == 0.0:
            self._index += 1
        return super().again(part)


reference_client.http.streams.Stream = HastyStream

if __name__ == "__main__":
    sin()
