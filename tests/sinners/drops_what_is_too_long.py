"""Fails stream/too-long: when a stream takes no more, the rest of the text is lost (kuliantnt/qq-maid-bot#125)."""

from sinning import sin

import reference_client.http.streams
from reference_client.stream import _FULL, _OVER, Stream


class ContentStream(Stream):
    full = False

    def after(self, part, outcome, now):
        self.full = self.full or bool(set(getattr(outcome, "codes", ())) & (_FULL | _OVER))
        return super().after(part, outcome, now)

    @property
    def rest(self):
        return "" if self.full else super().rest


reference_client.http.streams.Stream = ContentStream

if __name__ == "__main__":
    sin()
