"""The session core against a plain model: any order of coming, going, speaking and failing, within budgets or not."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from core.stage import APP_ID, C2C, SECRET, Stage, body_of
from fakeqq.core.gateway.connection import Phase
from fakeqq.wire import limits

GUILD = 1 << 30
EVENTS = {"C2C_MESSAGE_CREATE": C2C, "AT_MESSAGE_CREATE": GUILD, "ZZZ_UNHEARD_OF": 0}
LIFETIME = 300.0
IDENTIFY_SECONDS, MINUTE = 5.0, 60.0
GATEWAY_CALLS = {"off": 10**9, "real": 10, "strict": 2}
TOKEN_CALLS = int(limits.TOKEN_CALLS_PER_MINUTE.value)
DROP, TWICE, IGNORE = {"verb": "drop"}, {"verb": "twice"}, {"verb": "ignore"}
REFUSE = {"verb": "close", "code": 4903}
# What may stand where.
FAULTS = [(f"dispatch: {event_type}", verb) for event_type in ("C2C_MESSAGE_CREATE", "*") for verb in (DROP, TWICE)] + [
    ("ws: ACK", DROP), ("ws: ACK", TWICE), ("receive: HEARTBEAT", IGNORE), ("receive: IDENTIFY", IGNORE),
    ("receive: IDENTIFY", REFUSE),
]  # fmt: skip


class ModelSession:
    """What a session is, in a few lines: its numbers, what it was sent, since when nobody listens."""

    def __init__(self, session_id, intents):
        self.id, self.intents = session_id, intents
        self.s = 1
        self.events = {}
        self.listener = None
        self.left_at = None
        self.known = True

    def wants(self, event_type):
        return EVENTS[event_type] == 0 or bool(EVENTS[event_type] & self.intents)


class ModelFault:
    """Fires from its nth moment on, so many times."""

    def __init__(self, on, verb, nth, times):
        self.on, self.verb, self.nth, self.times = on, verb, nth, times
        self.seen = 0

    def at(self, moment):
        if moment != self.on and not (self.on.endswith("*") and moment.startswith(self.on[:-1])):
            return None
        self.seen += 1
        return self.verb if self.nth <= self.seen < self.nth + self.times else None


class Bot:
    def __init__(self, peer, known):
        self.peer = peer
        self.known = known
        self.session = None
        self.open = True
        self.draining = False


class SessionMachine(RuleBasedStateMachine):
    bots = Bundle("bots")

    def __init__(self):
        super().__init__()
        self.stage = Stage(settings={"session_lifetime": LIFETIME, "switches": {"missed_heartbeats": "ignore"}})
        self.sessions = []
        self.all_bots = []
        self.fault = None
        self.made, self.gateway_calls, self.token_calls = [], [], []

    @initialize(
        replay=st.sampled_from(["exact", "overlap", "none"]),
        budget=st.sampled_from(["off", "real", "strict"]),
        calls=st.sampled_from(["off", "real", "strict"]),
        total=st.sampled_from([1, 2, 1000]),
        window=st.sampled_from([60.0, 86_400.0]),
        concurrency=st.sampled_from([1, 2]),
    )
    def begin(self, replay, budget, calls, total, window, concurrency):
        self.replay, self.budget, self.calls = replay, budget, calls
        self.total, self.window, self.concurrency = total, window, concurrency
        switches = {"replay": replay, "session_budget": budget, "gateway_budget": calls}
        self.stage.set(
            session_start_total=total, session_start_window=window, max_concurrency=concurrency,
            switches={**switches, "token_budget": "off" if calls == "off" else "on"},
        )  # fmt: skip

    # -- helpers ----------------------------------------------------------------------------------------------------

    def detach(self, bot):
        if bot.session is not None:
            bot.session.listener, bot.session.left_at = None, self.stage.now.world
            bot.session = None

    def end(self, bot):
        self.detach(bot)
        bot.open = False

    def is_resumable(self, session):
        if session.left_at is not None and self.stage.now.world - session.left_at > LIFETIME:
            session.known = False
        return session.known

    def verb_at(self, moment):
        return self.fault.at(moment) if self.fault else None

    def heard(self, moment, frame):
        """What a frame becomes on its way, as a list."""
        verb = self.verb_at(moment)
        return [] if verb is DROP else [frame, frame] if verb is TWICE else [frame]

    def starts_used(self):
        return sum(self.stage.now.world - world < self.window for world, _ in self.made)

    def is_over_budget(self):
        just_now = sum(self.stage.now.steady - steady < IDENTIFY_SECONDS for _, steady in self.made)
        too_fast = self.budget == "strict" and just_now >= self.concurrency
        return self.budget != "off" and (too_fast or self.starts_used() >= self.total)

    def spend(self, calls, allowed):
        """Count a call within its minute; whether it is one too many."""
        now = self.stage.now.world
        if sum(now - moment < MINUTE for moment in calls) >= allowed:
            return True
        calls.append(now)
        return False

    def resume_from(self, bot, session, seq):
        """RESUME, and compare every frame that comes with what the policy says."""
        outputs = bot.peer.resume(session.id if session else "nobody's", seq)
        bot.known = bot.known or bot.open
        if not bot.open:
            assert outputs == []
        elif bot.session is not None or bot.draining:
            assert [output.code for output in outputs] == [4005]
            self.end(bot)
        elif session is None or not self.is_resumable(session):
            assert (outputs[0], outputs[1].code) == ({"op": 9, "d": False}, 4006)
            self.end(bot)
        elif not 0 <= seq <= session.s:
            assert [output.code for output in outputs] == [4007]
            self.end(bot)
        else:
            *replayed, resumed = outputs
            first = {"exact": seq, "overlap": max(seq - 1, 0), "none": session.s}[self.replay]
            expected = []
            for s, (event_id, event_type) in session.events.items():
                if s > first:
                    expected += self.heard(f"dispatch: {event_type}", (s, event_id))
            assert [(frame["s"], frame["id"]) for frame in replayed] == expected, "exactly what the policy says"
            session.s += 1
            assert (resumed["t"], resumed["s"], resumed["d"]) == ("RESUMED", session.s, "")
            if session.listener is not None:
                session.listener.session, session.listener.draining = None, True
            session.listener, session.left_at, bot.session = bot, None, session

    # -- rules ------------------------------------------------------------------------------------------------------

    @rule(target=bots, door=st.sampled_from(["world", None]))
    def connect(self, door):
        bot = Bot(self.stage.connect(door), door == "world")
        assert [frame["op"] for frame in bot.peer.take()] == [10]
        self.all_bots.append(bot)
        return bot

    @rule(bot=bots, intents=st.sampled_from([0, C2C, GUILD, C2C | GUILD, 1 << 9]))
    def identify(self, bot, intents):
        outputs = bot.peer.identify(intents=intents)
        if not bot.open:
            assert outputs == []
            return
        bot.known = True
        verb = self.verb_at("receive: IDENTIFY")
        if verb is IGNORE:
            assert outputs == []
        elif verb is REFUSE:
            assert [output.code for output in outputs] == [4903]
            self.end(bot)
        elif bot.session is not None or bot.draining or (bot.peer.connection.phase is Phase.CLOSED and outputs):
            if bot.session is not None or bot.draining:
                assert outputs[-1].code == 4005
            else:
                assert outputs[0] == {"op": 9, "d": False}
                assert outputs[1].code == (4014 if intents == 1 << 9 else 4903)
                assert intents == 1 << 9 or self.is_over_budget()
            self.end(bot)
        else:
            assert not self.is_over_budget()
            (ready,) = outputs
            assert (ready["t"], ready["s"]) == ("READY", 1)
            self.made.append((self.stage.now.world, self.stage.now.steady))
            session = ModelSession(ready["d"]["session_id"], intents)
            session.listener, bot.session = bot, session
            self.sessions.append(session)

    @rule(target=bots)
    def log_in(self):
        """Coming and saying who one is in one step: what fills a budget."""
        bot = self.connect("world")
        self.identify(bot, C2C)
        return bot

    @rule(bot=bots, which=st.integers(0, 30), back=st.integers(-1, 6))
    def resume(self, bot, which, back):
        session = self.sessions[which % len(self.sessions)] if self.sessions else None
        self.resume_from(bot, session, session.s - back if session else 1)

    @rule(target=bots, which=st.integers(0, 30), back=st.integers(0, 4))
    def come_back(self, which, back):
        """What most bots do: a fresh socket for a session there is."""
        bot = self.connect("world")
        self.resume(bot, which, back)
        return bot

    @rule(
        target=bots,
        replay=st.sampled_from(["exact", "overlap", "none"]),
        which=st.integers(0, 30),
        missed=st.lists(st.integers(0, 2), min_size=2, max_size=4),
        handled=st.integers(-2, 5),
    )
    def miss_events(self, replay, which, missed, handled):
        """A session's socket is cut, its user speaks, and the bot comes back from an `s` before, within or after it."""
        if not any(self.is_resumable(session) for session in self.sessions):
            self.log_in()
        resumable = [session for session in self.sessions if self.is_resumable(session)]
        self.replay = replay
        self.stage.set(switches={"replay": replay})
        bot = self.connect("world")
        if resumable:
            session = resumable[which % len(resumable)]
            if session.listener is not None:
                self.drop(session.listener)
            left_at, wanted = session.s, [event_type for event_type in EVENTS if session.wants(event_type)]
            for number in missed:
                self.dispatch(wanted[number % len(wanted)])
            self.resume_from(bot, session, left_at + handled)
        return bot

    @rule(event_type=st.sampled_from(sorted(EVENTS)))
    def dispatch(self, event_type):
        sent = self.stage.world.raw_event(event_type, {"n": 1}, None, self.stage.now)
        delivered = 0
        for session in self.sessions:
            if not self.is_resumable(session) or not session.wants(event_type):
                continue
            session.s += 1
            session.events[session.s] = sent["event_id"], event_type
            bot = session.listener
            if bot is None or bot.draining:
                continue
            delivered += 1
            expected = self.heard(f"dispatch: {event_type}", (event_type, session.s, sent["event_id"]))
            assert [(frame["t"], frame["s"], frame["id"]) for frame in bot.peer.take()] == expected
        assert sent["delivered"] == delivered

    @rule(bot=bots)
    def heartbeat(self, bot):
        outputs = bot.peer.beat()
        if not bot.open:
            assert outputs == []
        elif not bot.known:
            assert outputs == [{"op": 11}], "no world, no fault"
        elif self.verb_at("receive: HEARTBEAT") is IGNORE:
            assert outputs == []
        else:
            assert outputs == self.heard("ws: ACK", {"op": 11})

    @rule(path=st.sampled_from(["/gateway", "/gateway/bot"]))
    def ask_for_the_gateway(self, path):
        reply = self.stage.request("GET", path)
        if self.spend(self.gateway_calls, GATEWAY_CALLS[self.calls]):
            assert reply.error == "gateway_rate_limited"
        elif path == "/gateway/bot":
            limit = body_of(reply)["session_start_limit"]
            assert (limit["total"], limit["remaining"]) == (self.total, max(0, self.total - self.starts_used()))
            assert 0 < limit["reset_after"] <= self.window * 1000

    @rule(calls=st.sampled_from([1, TOKEN_CALLS]))
    def ask_for_tokens(self, calls):
        body = {"appId": APP_ID, "clientSecret": SECRET}
        for _ in range(calls):
            reply = self.stage.request("POST", "/app/getAppAccessToken", body, token=False)
            refused = self.spend(self.token_calls, 10**9 if self.calls == "off" else TOKEN_CALLS)
            assert reply.error == ("token_rate_limited" if refused else None)

    @rule(fault=st.sampled_from(FAULTS), nth=st.integers(1, 3), times=st.integers(1, 3))
    def arm(self, fault, nth, times):
        on, verb = fault
        self.stage.faults({"name": "armed", "on": on, "nth": nth, "times": times, "do": [verb]})
        self.fault = ModelFault(on, verb, nth, times)

    @rule()
    def disarm(self):
        self.stage.faults()
        self.fault = None

    @rule(bot=bots, withheld=st.booleans())
    def op_7(self, bot, withheld):
        bot.peer.connection.ask_to_reconnect(self.stage.now, None if withheld else 4009, 0)
        outputs = bot.peer.take()
        if not bot.open:
            assert outputs == []
            return
        assert outputs[0] == {"op": 7}
        bot.draining = bot.draining or bot.session is not None
        if not withheld:
            assert outputs[1].code == 4009
            self.end(bot)

    @rule(bot=bots, resumable=st.booleans())
    def op_9(self, bot, resumable):
        bot.peer.connection.invalidate(self.stage.now, resumable=resumable, then_close=None, after=0)
        assert bot.peer.take() == ([{"op": 9, "d": resumable}] if bot.open else [])
        self.detach(bot)
        bot.draining = False

    @rule(bot=bots, code=st.sampled_from([1000, 4009, 4914]))
    def close(self, bot, code):
        bot.peer.connection.close(code, self.stage.now)
        assert [output.code for output in bot.peer.take()] == ([code] if bot.open else [])
        self.end(bot)

    @rule(bot=bots)
    def drop(self, bot):
        bot.peer.connection.drop(self.stage.now)
        assert len(bot.peer.take()) == bot.open
        self.end(bot)

    @rule(bot=consumes(bots))
    def leave(self, bot):
        bot.peer.leave()
        assert bot.peer.take() == []
        self.end(bot)

    @rule(seconds=st.sampled_from([1, 100, 299, 301, 7200, 86_400]))
    def jump(self, seconds):
        self.stage.world.clock.advance(seconds)

    @rule(seconds=st.sampled_from([1, 100, 301]))
    def flow(self, seconds):
        self.stage.flow(seconds)

    @rule()
    def forget_all(self):
        self.stage.world.sessions.forget_all()
        for session in self.sessions:
            session.known = False

    # -- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def nobody_hears_what_was_not_for_him(self):
        for bot in self.all_bots:
            assert bot.peer.take() == []

    @invariant()
    def the_platform_counts_as_the_model_does(self):
        attached = {session.id: session.s for session in self.sessions if session.listener and session.known}
        found = {session.id: session.s for session in self.stage.world.sessions if session.connection}
        assert found == attached

    @invariant()
    def budgets_are_never_exceeded(self):
        if self.made and self.budget != "off":
            assert self.starts_used() <= self.total
            assert self.budget != "strict" or all(
                sum(0 <= later - steady < IDENTIFY_SECONDS for _, later in self.made) <= self.concurrency
                for _, steady in self.made
            )

    @invariant()
    def faults_count_their_hits(self):
        if self.fault:
            (armed,) = self.stage.world.faults.as_json()
            fired = min(max(0, self.fault.seen - self.fault.nth + 1), self.fault.times)
            assert armed["hits"] == fired


SessionMachine.TestCase.settings = settings(
    max_examples=100, stateful_step_count=40, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
TestSessions = SessionMachine.TestCase
