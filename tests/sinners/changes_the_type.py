"""Fails stream/sequence: begins and ends a stream as Markdown, and writes plain text in between."""

from sinning import sin

import reference_client.http.streams
from reference_client.stream import Stream


class MotleyStream(Stream):
    def _chunk(self, text, *, ends):
        body = super()._chunk(text, ends=ends)
        if not ends and "id" in body["stream"]:
            body |= {"msg_type": 0, "content": body.pop("markdown")["content"]}
        return body

    def _frame(self, text, *, ends):
        body = super()._frame(text, ends=ends)
        if not ends and "stream_msg_id" in body:
            body["content_type"] = "text"
        return body


reference_client.http.streams.Stream = MotleyStream

if __name__ == "__main__":
    sin()
