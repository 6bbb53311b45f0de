"""Fails stream/exactly-once: one stream for the whole bot, so that two readers' answers grow into one."""

from sinning import Message, sin

import reference_client.bot
from reference_client.http.streams import StreamWriter
from reference_client.stream import Dialect


class SharedWriter(StreamWriter):
    writers = 0

    async def __aenter__(self):
        self.writers += 1
        return await super().__aenter__()

    async def __aexit__(self, *error):
        self.writers -= 1
        await super().__aexit__(*error)


class CrowdedMessage(Message):
    shared = None

    def stream(self, dialect=Dialect.CHUNKS):
        if self.shared is None or not self.shared.writers:
            type(self).shared = super().stream(dialect)
        return self.shared


reference_client.bot.StreamWriter = SharedWriter

if __name__ == "__main__":
    sin(message=CrowdedMessage)
