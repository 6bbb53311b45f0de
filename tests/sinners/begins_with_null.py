"""Fails stream/first-chunk: the first chunk names a stream, and the name is null (AstrBotDevs/AstrBot#6131)."""

from sinning import sin

import reference_client.http.streams
from reference_client.stream import Stream


class NullStream(Stream):
    def _chunk(self, text, *, ends):
        body = super()._chunk(text, ends=ends)
        body["stream"].setdefault("id", None)
        return body


reference_client.http.streams.Stream = NullStream

if __name__ == "__main__":
    sin()
