"""The session core against a plain model: any order of coming, going, speaking and failing."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from core.stage import C2C, Stage
from fakeqq.core.gateway.connection import Phase

GUILD = 1 << 30
EVENTS = {"C2C_MESSAGE_CREATE": C2C, "AT_MESSAGE_CREATE": GUILD, "ZZZ_UNHEARD_OF": 0}
LIFETIME = 300.0


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


class Bot:
    def __init__(self, peer):
        self.peer = peer
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

    # -- rules ------------------------------------------------------------------------------------------------------

    @rule(target=bots, door=st.sampled_from(["world", None]))
    def connect(self, door):
        bot = Bot(self.stage.connect(door))
        assert [frame["op"] for frame in bot.peer.take()] == [10]
        self.all_bots.append(bot)
        return bot

    @rule(bot=bots, intents=st.sampled_from([0, C2C, GUILD, C2C | GUILD, 1 << 9]))
    def identify(self, bot, intents):
        outputs = bot.peer.identify(intents=intents)
        if not bot.open:
            assert outputs == []
        elif bot.session is not None or bot.draining or (bot.peer.connection.phase is Phase.CLOSED and outputs):
            if bot.session is not None or bot.draining:
                assert outputs[-1].code == 4005
            else:
                assert (outputs[0], outputs[1].code) == ({"op": 9, "d": False}, 4014)
                assert intents == 1 << 9
            self.end(bot)
        else:
            (ready,) = outputs
            assert (ready["t"], ready["s"]) == ("READY", 1)
            session = ModelSession(ready["d"]["session_id"], intents)
            session.listener, bot.session = bot, session
            self.sessions.append(session)

    @rule(bot=bots, which=st.integers(0, 30), back=st.integers(-1, 6))
    def resume(self, bot, which, back):
        session = self.sessions[which % len(self.sessions)] if self.sessions else None
        seq = session.s - back if session else 1
        outputs = bot.peer.resume(session.id if session else "nobody's", seq)
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
            missed = [(s, event) for s, event in session.events.items() if s > seq]
            assert [(frame["s"], frame["id"]) for frame in replayed] == missed, "exactly what was missed"
            session.s += 1
            assert (resumed["t"], resumed["s"], resumed["d"]) == ("RESUMED", session.s, "")
            if session.listener is not None:
                session.listener.session, session.listener.draining = None, True
            session.listener, session.left_at, bot.session = bot, None, session

    @rule(event_type=st.sampled_from(sorted(EVENTS)))
    def dispatch(self, event_type):
        sent = self.stage.world.raw_event(event_type, {"n": 1}, None, self.stage.now)
        delivered = 0
        for session in self.sessions:
            if not self.is_resumable(session) or not session.wants(event_type):
                continue
            session.s += 1
            session.events[session.s] = sent["event_id"]
            bot = session.listener
            if bot is None or bot.draining:
                continue
            delivered += 1
            (frame,) = bot.peer.take()
            assert (frame["t"], frame["s"], frame["id"]) == (event_type, session.s, sent["event_id"])
        assert sent["delivered"] == delivered

    @rule(bot=bots)
    def heartbeat(self, bot):
        assert bot.peer.beat() == ([{"op": 11}] if bot.open else [])

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


SessionMachine.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
TestSessions = SessionMachine.TestCase
