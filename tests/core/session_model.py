"""The session core as a plain model: what a session, a fault and a bot's end of a socket are, in a few lines."""

from fakeqq.wire import limits

C2C, GUILD = 1 << 25, 1 << 30
# Event type -> the intent it needs, and the guild it is about.
EVENTS = {"C2C_MESSAGE_CREATE": (C2C, None), "AT_MESSAGE_CREATE": (GUILD, 1), "ZZZ_UNHEARD_OF": (0, None)}
PATIENCE = float(limits.MISSED_HEARTBEATS.value) * int(limits.HEARTBEAT_INTERVAL_MS.value) / 1000
DELAY = 5.0


class ModelSession:
    """Its numbers, what it was sent, since when nobody listens."""

    def __init__(self, session_id, intents, shard):
        self.id, self.intents, self.shard = session_id, intents, shard
        self.s = 1
        self.events = {}
        self.listener = None
        self.left_at = None
        self.known = True

    def wants(self, event_type):
        intent, guild = EVENTS[event_type]
        index, count = self.shard
        return (intent == 0 or bool(intent & self.intents)) and index == (0 if guild is None else guild % count)


class ModelFault:
    """Fires from its nth moment on, so many times."""

    def __init__(self, on, verb, nth, times):
        self.on, self.verb, self.nth, self.times = on, verb, nth, times
        self.seen = 0

    def at(self, moment):
        if moment != self.on and not (self.on.endswith("*") and moment.startswith(self.on[:-1])):
            return None
        self.seen += 1
        return self.verb["verb"] if self.nth <= self.seen < self.nth + self.times else None


class ModelBot:
    """A bot's end of one socket.

    Attributes:
        known: the platform knows whose it is, so that faults stand in its way.
        phase: greeted, ready, draining or closed.
        heard_at: steady seconds of its last heartbeat, or of its login.
        dies_at: world time at which its token ends.
        held: what a swap holds back.
        later: steady seconds and what is sent then.
    """

    def __init__(self, peer, known):
        self.peer, self.known = peer, known
        self.phase = "greeted"
        self.session = None
        self.heard_at, self.dies_at = None, None
        self.held, self.later = [], []

    @property
    def open(self):
        return self.phase != "closed"

    @property
    def logged_in(self):
        return self.phase in {"ready", "draining"}

    def log_in(self, session, steady, dies_at):
        session.listener, session.left_at, self.session = self, None, session
        self.phase, self.heard_at, self.dies_at = "ready", steady, dies_at

    def detach(self, world):
        """No session any more; it waits from this world time on."""
        if self.session is not None:
            self.session.listener, self.session.left_at = None, world
            self.session = None

    def end(self, world):
        self.detach(world)
        self.phase = "closed"
        self.held, self.later = [], []

    def hear(self, verb, frame, now):
        """What a frame becomes on its way, where this verb stands; a list, in order."""
        if verb == "swap":
            self.held.append(frame)
            return []
        if verb == "cut":
            self.end(now.world)
            return ["cut"]
        if verb == "delay":
            self.later.append((now.steady + DELAY, frame))
        said = [frame] * {"drop": 0, "twice": 2, "delay": 0}.get(verb, 1) + self.held
        self.held = []
        if verb == "disconnect":
            self.end(now.world)
            said.append("drop")
        return said

    def wait(self, until, now, *, missed, expiry):
        """What comes by itself while time flows from `now` to the steady second `until`."""
        said, offset = [], now.world - now.steady
        while self.open:
            patience = self.heard_at + PATIENCE if self.known and self.logged_in and missed != "ignore" else None
            token = self.dies_at - offset if self.logged_in and expiry == "close-4004" else None
            dues = [due for due in (patience, token, *(due for due, _ in self.later)) if due is not None]
            if not dues or min(dues) > until:
                break
            at = max(now.steady, min(dues))
            said += [frame for due, frame in self.later if due <= at]
            self.later = [(due, frame) for due, frame in self.later if due > at]
            if patience is not None and patience <= at:
                said.append(("close", 4009) if missed == "close-4009" else "drop")
                self.end(at + offset)
            elif token is not None and token <= at:
                said.append(("close", 4004))
                self.end(at + offset)
        return said
