"""Fails stream/sequence: a chunk names its stream only when it ends it, or is repeated (AstrBotDevs/AstrBot#6131)."""

from sinning import sin

import reference_client.http.streams
from reference_client.stream import Stream


class NamelessStream(Stream):
    def _chunk(self, text, *, ends):
        body = super()._chunk(text, ends=ends)
        if not ends and not self._tries:
            body["stream"].pop("id", None)
        return body


reference_client.http.streams.Stream = NamelessStream

if __name__ == "__main__":
    sin()
