"""Fails stream/closes: when the text is out, nothing says so (AstrBotDevs/AstrBot#10066)."""

from sinning import sin

import reference_client.bot
from reference_client.http.streams import StreamWriter


class OpenEndedWriter(StreamWriter):
    async def __aexit__(self, *error):
        if self._stream is None or self._stream.rest:
            await super().__aexit__(*error)
        self._stream = None


reference_client.bot.StreamWriter = OpenEndedWriter

if __name__ == "__main__":
    sin()
