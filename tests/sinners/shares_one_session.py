"""Fails resume/shard-own-session: the session is kept with the bot, not with the shard (nonebot-adapter-qq's Bot)."""

from sinning import Gateway, sin


class SharingGateway(Gateway):
    _shared = None

    @property
    def session_id(self):
        return SharingGateway._shared

    @session_id.setter
    def session_id(self, value):
        SharingGateway._shared = value


if __name__ == "__main__":
    sin(gateway=SharingGateway)
