"""Fails stream/not-in-groups: writes to a group as to a user, a message for each chunk (AstrBotDevs/AstrBot#6131)."""

from sinning import Message, sin

from reference_client.http.streams import StreamWriter
from reference_client.stream import Dialect


class EagerMessage(Message):
    def stream(self, dialect=Dialect.CHUNKS):
        incoming = self.incoming
        if incoming.path.startswith("/v2/groups/"):
            return StreamWriter(self._api, incoming.path, incoming.id, Dialect.CHUNKS, self.reply_markdown)
        return super().stream(dialect)


if __name__ == "__main__":
    sin(message=EagerMessage)
