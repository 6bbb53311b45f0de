"""A stage with one guild that has the bot as an administrator, and the words to act in it."""

import json

from core.stage import Stage
from fakeqq.core.events.speech import Speech, speak
from fakeqq.wire.intents import ALL_INTENTS


class GuildStage(Stage):
    """`text`, `forum`, `voice`, `schedule` are its channels; `member` is somebody in it, `bot` the bot there."""

    def __init__(self):
        super().__init__(settings={"permitted_intents": int(ALL_INTENTS)})
        self.guild = self.world.guilds.add_guild("a guild", at=self.now.world)
        self.text, self.forum, self.voice, self.schedule = self.guild.channels.values()
        self.member = self.world.guilds.add_member(self.guild.id, "ann", at=self.now.world)
        self.peer = None
        self.bot = self.guild.members[self.world.bot_id]

    def call(self, method, path, body=None, query=""):
        path, _, more = path.partition("?")
        return self.request(method, path, body, query=query or more)

    def ok(self, method, path, body=None):
        """The JSON of a call that must succeed; None for an empty answer."""
        reply = self.call(method, path, body)
        assert reply.status in (200, 204), reply.body
        return json.loads(reply.body) if reply.body else None

    def listen(self):
        """Bring the bot online with every intent; `heard` then gives the events since."""
        self.peer = self.connect()
        self.peer.take()
        (ready,) = self.peer.identify(intents=int(ALL_INTENTS))
        assert ready["t"] == "READY"

    def heard(self):
        return [(frame["t"], frame["d"]) for frame in self.peer.take() if frame.get("op") == 0]

    def demote(self):
        self.bot.roles.remove("2")

    def user_says(self, text="hello"):
        """A member speaks to the bot in the text channel; the message's id."""
        said = speak(self.world, Speech(text=text, channel=self.text.id), self.now)
        return said["message_id"]

    def bot_says(self, text="hi", **fields):
        """The bot answers in the text channel; the message's id."""
        body = {"content": text, "msg_id": self.user_says(), **fields}
        return self.ok("POST", f"/channels/{self.text.id}/messages", body)["id"]

    def hour(self, hours=1.0):
        """A schedule's time so many hours from now, milliseconds as text."""
        return str(int((self.now.world + hours * 3600) * 1000))


def heard(stage, *types):
    """The `d` of the events heard, which must be of these types."""
    events = stage.heard()
    assert [kind for kind, _ in events] == list(types)
    return [data for _, data in events]
