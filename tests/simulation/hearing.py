"""What a bot has heard, and when it was deaf: which losses nobody can hold against it."""


class Hearing:
    """The ears of a bot's first shard, where everything that users say arrives, over all its processes.

    What was said is excused when it was said while the bot was known to have no session, or in the part of a session's
    life that it lost before it had heard it, or when the very dispatch was eaten by a fault.

    Attributes:
        heard_until: what the session held up to this moment has come.
    """

    def __init__(self):
        self.heard_until = 0.0
        self._deaf_since = 0.0
        self._gaps = []
        self._eaten = set()

    def heard(self, sent_at):
        """A frame that left the platform at `sent_at` has come to a shard that is online."""
        if self._deaf_since is None:
            self.heard_until = max(self.heard_until, sent_at)

    def lost(self):
        """The session is gone, and what it held that was not heard."""
        if self._deaf_since is None:
            self._deaf_since = self.heard_until

    def begun(self, sent_at):
        """A session began with a READY that left the platform at `sent_at`."""
        if self._deaf_since is not None:
            self._gaps.append((self._deaf_since, sent_at))
            self._deaf_since = None
        self.heard(sent_at)

    def eaten(self, text):
        """A fault took the dispatch of this message away for good."""
        self._eaten.add(text)

    def eaten_in_replay(self, now):
        """A fault took one of the dispatches away that were not heard until now."""
        self._gaps.append((self.heard_until, now))

    def excuses(self, text, at):
        """Whether `text`, said at `at`, may have been missed."""
        if text in self._eaten or (self._deaf_since is not None and at >= self._deaf_since):
            return True
        return any(begin <= at <= end for begin, end in self._gaps)


class Presence:
    """How long a bot was online, all shards of it."""

    def __init__(self):
        self._seconds = 0.0
        self._since = None

    def note(self, online, now):
        """It is online now, or not."""
        if online and self._since is None:
            self._since = now
        elif not online and self._since is not None:
            self._seconds += now - self._since
            self._since = None

    def until(self, now):
        """Seconds so far."""
        return self._seconds + (now - self._since if self._since is not None else 0.0)
