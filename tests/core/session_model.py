"""The parts of the session core as a plain model: a session, a fault, a bot's end of a socket, in a few lines each."""

from fakeqq.wire import limits

C2C, GUILD = 1 << 25, 1 << 30
# Event type -> the intent it needs, and the guild it is about.
EVENTS = {"C2C_MESSAGE_CREATE": (C2C, None), "AT_MESSAGE_CREATE": (GUILD, 1), "ZZZ_UNHEARD_OF": (0, None)}
PATIENCE = float(limits.MISSED_HEARTBEATS.value) * int(limits.HEARTBEAT_INTERVAL_MS.value) / 1000
DELAY = 5.0
TIMED_OUT = ("close", 4009)
FRAME_VERBS = [
    {"verb": "drop"}, {"verb": "twice"}, {"verb": "swap"}, {"verb": "delay", "seconds": DELAY},
    {"verb": "disconnect"}, {"verb": "cut", "bytes": 3}, {"verb": "stall"}, {"verb": "half-open"},
]  # fmt: skip
RECEIVE_VERBS = [
    {"verb": "ignore"}, {"verb": "close", "code": 4903}, {"verb": "disconnect"}, {"verb": "stall"},
    {"verb": "half-open"},
]  # fmt: skip
MOMENTS = ("ws: ACK", "ws: READY", "ws: RECONNECT", "ws: RESUMED", "ws: *")
# What may stand where.
FAULTS = [
    (moment, verb) for moment in ("dispatch: C2C_MESSAGE_CREATE", "dispatch: *", *MOMENTS) for verb in FRAME_VERBS
] + [(f"receive: {name}", verb) for name in ("HEARTBEAT", "IDENTIFY", "RESUME") for verb in RECEIVE_VERBS]


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
        stalled, half_open: nothing but the end of TCP comes from the platform; the platform hears nothing.
        heard_at: steady seconds of its last heartbeat, or of its login.
        ready_at: the instant of its login.
        dies_at: world time at which its token ends.
        held: what a swap holds back.
        later: steady seconds and what is sent then, the earliest first.
        intents: all that it was ever let in with.
        last_s: the last `s` it heard since its last login.
        disturbed: a fault has repeated, delayed or swapped frames, so that numbers may come in any order.
    """

    def __init__(self, peer, known):
        self.peer, self.known = peer, known
        self.phase = "greeted"
        self.stalled = self.half_open = self.disturbed = False
        self.session = None
        self.heard_at, self.ready_at, self.dies_at = None, None, None
        self.held, self.later = [], []
        self.intents, self.last_s = 0, 0

    @property
    def open(self):
        return self.phase != "closed"

    @property
    def logged_in(self):
        return self.phase in {"ready", "draining"}

    @property
    def is_heard(self):
        return self.open and not self.half_open

    def log_in(self, session, now, dies_at):
        session.listener, session.left_at, self.session = self, None, session
        self.phase, self.heard_at, self.ready_at, self.dies_at = "ready", now.steady, now, dies_at
        self.intents |= session.intents
        self.last_s = 0

    def detach(self, world):
        """No session any more; it waits from this world time on."""
        if self.session is not None:
            self.session.listener, self.session.left_at = None, world
            self.session = None

    def end(self, world):
        self.detach(world)
        self.phase = "closed"
        self.held, self.later = [], []

    def close(self, code, world):
        """A close frame, which no stalled line lets out."""
        if not self.open or self.stalled:
            return []
        self.end(world)
        return [("close", code)]

    def drop(self, world):
        if not self.open:
            return []
        self.end(world)
        return ["drop"]

    def wire(self, verb):
        """What a fault does to the line itself."""
        self.stalled |= verb == "stall"
        self.half_open |= verb == "half-open"
        return [verb] if verb in {"stall", "half-open"} else []

    def hear(self, verb, frame, now):
        """What a frame becomes on its way, where this verb stands; a list, in order."""
        self.disturbed |= verb in {"twice", "swap", "delay"}
        if verb == "swap":
            self.held.append(frame)
            return []
        if verb == "cut":
            self.end(now.world)
            return ["cut"]
        if verb == "delay":
            self.send_later(DELAY, frame, now)
        said = self.wire(verb)
        if not self.stalled:
            said += [frame] * {"drop": 0, "twice": 2, "delay": 0}.get(verb, 1) + self.held
        self.held = []
        return said + self.drop(now.world) if verb == "disconnect" else said

    def send_later(self, seconds, frame, now):
        self.later.append((now.steady + seconds, frame))

    def hear_late(self, now):
        """What was to come until now, closes among it."""
        said = []
        while self.later and self.later[0][0] <= now.steady:
            _, frame = self.later.pop(0)
            if frame == TIMED_OUT:
                said += self.close(4009, now.world)
            elif not self.stalled:
                said.append(frame)
        return said
