"""The session core against a plain model: any order of coming, going, speaking and failing, within budgets or not."""

from fuzz.effort import effort
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from core.session_model import C2C, DELAY, EVENTS, GUILD, ModelBot, ModelFault, ModelSession
from core.stage import APP_ID, SECRET, Stage, body_of
from fakeqq.core.gateway.outputs import CloseSocket, CutFrame, DropSocket
from fakeqq.wire import limits

LIFETIME = 300.0
IDENTIFY_SECONDS, MINUTE = 5.0, 60.0
GATEWAY_CALLS = {"off": 10**9, "real": 10, "strict": 2}
TOKEN_CALLS = int(limits.TOKEN_CALLS_PER_MINUTE.value)
# Never given to a bot here.
FORBIDDEN = 1 << 9
SHARDS = [(0, 1), (0, 1), (0, 2), (1, 2)]
FRAME_VERBS = [
    {"verb": "drop"}, {"verb": "twice"}, {"verb": "swap"}, {"verb": "delay", "seconds": DELAY},
    {"verb": "disconnect"}, {"verb": "cut", "bytes": 3},
]  # fmt: skip
RECEIVE_VERBS = [{"verb": "ignore"}, {"verb": "close", "code": 4903}, {"verb": "disconnect"}]
# What may stand where.
FAULTS = [
    (moment, verb)
    for moment in ("dispatch: C2C_MESSAGE_CREATE", "dispatch: *", "ws: ACK", "ws: READY", "ws: RESUMED", "ws: *")
    for verb in FRAME_VERBS
] + [(f"receive: {name}", verb) for name in ("HEARTBEAT", "IDENTIFY", "RESUME") for verb in RECEIVE_VERBS]
MOMENTS = {7: "ws: RECONNECT", 9: "ws: INVALID_SESSION", 10: "ws: HELLO", 11: "ws: ACK"}


def read(output):
    """An output in the words of the model."""
    if isinstance(output, CloseSocket):
        return ("close", output.code)
    if isinstance(output, DropSocket):
        return "drop"
    if isinstance(output, CutFrame):
        return "cut"
    if output["op"] == 0:
        return (output["t"], output["s"], output.get("id"))
    return (output["op"], output["d"]) if output["op"] == 9 else output["op"]


class SessionMachine(RuleBasedStateMachine):
    bots = Bundle("bots")

    def __init__(self):
        super().__init__()
        self.stage = Stage(settings={"session_lifetime": LIFETIME})
        self.sessions, self.all_bots = [], []
        self.fault, self.dead_token = None, None
        self.permitted = C2C | GUILD
        self.made, self.gateway_calls, self.token_calls = [], [], []

    @initialize(
        replay=st.sampled_from(["exact", "overlap", "none"]),
        budget=st.sampled_from(["off", "off", "real", "strict"]),
        calls=st.sampled_from(["off", "real", "strict"]),
        limits_of_starts=st.sampled_from([(1, 60.0), (2, 60.0), (2, 86_400.0), (1000, 86_400.0)]),
        concurrency=st.sampled_from([1, 2]),
        missed=st.sampled_from(["ignore", "drop", "close-4009"]),
        expiry=st.sampled_from(["ignored", "close-4004"]),
    )
    def begin(self, replay, budget, calls, limits_of_starts, concurrency, missed, expiry):
        self.replay, self.budget, self.calls = replay, budget, calls
        (self.total, self.window), self.concurrency = limits_of_starts, concurrency
        self.missed, self.expiry = missed, expiry
        switches = {
            "replay": replay, "session_budget": budget, "gateway_budget": calls, "missed_heartbeats": missed,
            "token_expiry": expiry, "token_budget": "off" if calls == "off" else "on",
        }  # fmt: skip
        self.stage.set(
            session_start_total=self.total, session_start_window=self.window, max_concurrency=concurrency,
            permitted_intents=self.permitted, switches=switches,
        )  # fmt: skip

    # -- helpers ----------------------------------------------------------------------------------------------------

    @property
    def now(self):
        return self.stage.now

    def heard(self, bot):
        return [read(output) for output in bot.peer.take()]

    def is_resumable(self, session):
        if session.left_at is not None and self.now.world - session.left_at > LIFETIME:
            session.known = False
        return session.known

    def told(self, bot, moment, frame):
        """What the bot hears when the platform says this."""
        if not bot.open:
            return []
        verb = self.fault.at(moment) if self.fault and bot.known else None
        return bot.hear(verb, frame, self.now)

    def said(self, bot, op, d=None):
        return self.told(bot, MOMENTS[op], op if op != 9 else (op, d))

    def closed(self, bot, code, *, announced=False):
        """A refusal: a close frame, op 9 before it if announced; what was held back comes with op 9."""
        bot.detach(self.now.world)
        told = self.said(bot, 9, d=False) if announced else []
        if bot.open:
            told.append(("close", code))
            bot.end(self.now.world)
        return told

    def suffered(self, bot, op):
        """What a fault at a received frame makes of it, as what is heard; None where there is none."""
        bot.known = True
        verb = self.fault.at(f"receive: {op}") if self.fault else None
        if verb in {"close", "disconnect"}:
            bot.end(self.now.world)
        return {None: None, "ignore": [], "close": [("close", 4903)], "disconnect": ["drop"]}[verb]

    def starts_used(self):
        return sum(self.now.world - world < self.window for world, _ in self.made)

    def is_over_budget(self):
        just_now = sum(self.now.steady - steady < IDENTIFY_SECONDS for _, steady in self.made)
        too_fast = self.budget == "strict" and just_now >= self.concurrency
        return self.budget != "off" and (too_fast or self.starts_used() >= self.total)

    def spend(self, calls, allowed):
        """Count a call within its minute; whether it is one too many."""
        now = self.now.world
        if sum(now - moment < MINUTE for moment in calls) >= allowed:
            return True
        calls.append(now)
        return False

    def log_in_as(self, bot, session, token):
        bot.log_in(session, self.now.steady, self.stage.world.tokens.expires_at(token))

    def turned_away(self, bot, op, token):
        """What a login meets before anybody looks at what it asks for; None when it is looked at."""
        suffered = self.suffered(bot, op) if bot.open else []
        if suffered is not None:
            return suffered
        if bot.logged_in:
            return self.closed(bot, 4005)
        return self.closed(bot, 4004) if token == self.dead_token else None

    def expected_of_identify(self, bot, intents, shard, token):
        turned_away = self.turned_away(bot, "IDENTIFY", token)
        if turned_away is not None:
            return turned_away
        if intents & ~self.permitted or self.is_over_budget():
            return self.closed(bot, 4014 if intents & ~self.permitted else 4903, announced=True)
        self.made.append((self.now.world, self.now.steady))
        session = ModelSession(list(self.stage.world.sessions)[-1].id, intents, shard)
        self.sessions.append(session)
        self.log_in_as(bot, session, token)
        return self.told(bot, "ws: READY", ("READY", 1, None))

    def refusal(self, session, seq):
        """The close code that a RESUME of this session costs, or None."""
        if session is None or not self.is_resumable(session):
            return 4006
        if not 0 <= seq <= session.s:
            return 4007
        return 4014 if session.intents & ~self.permitted else None

    def expected_of_resume(self, bot, session, seq, token):
        turned_away = self.turned_away(bot, "RESUME", token)
        if turned_away is not None:
            return turned_away
        refusal = self.refusal(session, seq)
        if refusal is not None:
            return self.closed(bot, refusal, announced=refusal != 4007)
        if session.listener is not None:
            session.listener.session = None
        self.log_in_as(bot, session, token)
        told, after = [], {"exact": seq, "overlap": max(seq - 1, 0), "none": session.s}[self.replay]
        for s, (event_id, event_type) in session.events.items():
            if s > after:
                told += self.told(bot, f"dispatch: {event_type}", (event_type, s, event_id))
        session.s += 1
        return told + self.told(bot, "ws: RESUMED", ("RESUMED", session.s, None))

    def resume_from(self, bot, session, seq, token=None):
        """RESUME, and compare every frame that comes with what the policy says."""
        token = token or self.stage.token()
        outputs = bot.peer.resume(session.id if session else "nobody's", seq, token)
        assert [read(output) for output in outputs] == self.expected_of_resume(bot, session, seq, token)

    # -- rules ------------------------------------------------------------------------------------------------------

    @rule(target=bots, door=st.sampled_from(["world", None]))
    def connect(self, door):
        bot = ModelBot(self.stage.connect(door), door == "world")
        assert self.heard(bot) == self.said(bot, 10)
        self.all_bots.append(bot)
        return bot

    @rule(bot=bots, intents=st.sampled_from([0, C2C, GUILD, C2C | GUILD, FORBIDDEN]), shard=st.sampled_from(SHARDS))
    def identify(self, bot, intents, shard, token=None):
        token = token or self.stage.token()
        outputs = bot.peer.identify(intents=intents, shard=shard, token=token)
        assert [read(output) for output in outputs] == self.expected_of_identify(bot, intents, shard, token)

    @rule(target=bots, shard=st.sampled_from(SHARDS))
    def log_in(self, shard):
        """Coming and saying who one is in one step: what fills a budget."""
        bot = self.connect("world")
        self.identify(bot, self.permitted, shard)
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
            self.log_in((0, 1))
        resumable = [session for session in self.sessions if self.is_resumable(session)]
        self.replay = replay
        self.stage.set(switches={"replay": replay})
        bot = self.connect("world")
        if resumable:
            session = resumable[which % len(resumable)]
            if session.listener is not None:
                self.drop(session.listener)
            left_at, wanted = session.s, [event_type for event_type in EVENTS if session.wants(event_type)]
            for number in missed if wanted else ():
                self.dispatch(wanted[number % len(wanted)])
            self.resume_from(bot, session, left_at + handled)
        return bot

    @rule(target=bots, fault=st.sampled_from(FAULTS), nth=st.integers(1, 2), seconds=st.sampled_from([0, 5]))
    def meet_a_fault(self, fault, nth, seconds):
        """A fault stands in the way of a bot that comes, beats, hears two events, and comes back."""
        self.arm(fault, nth, 2)
        bot = self.log_in((0, 1))
        session = bot.session
        self.heartbeat(bot)
        for event_type in ("C2C_MESSAGE_CREATE", "ZZZ_UNHEARD_OF"):
            self.dispatch(event_type)
        self.flow(seconds)
        if session is not None:
            self.drop(bot)
            self.resume_from(self.connect("world"), session, 1)
        return bot

    @rule(target=bots, beats=st.booleans(), seconds=st.sampled_from([40, 100]))
    def fall_silent(self, beats, seconds):
        bot = self.log_in((0, 1))
        self.flow(seconds)
        if beats:
            self.heartbeat(bot)
        self.flow(seconds)
        return bot

    @rule(event_type=st.sampled_from(sorted(EVENTS)))
    def dispatch(self, event_type):
        intent, guild = EVENTS[event_type]
        data = {"n": 1} if guild is None else {"n": 1, "guild_id": str(guild << 22)}
        sent = self.stage.world.raw_event(event_type, data, None, self.now)
        delivered = 0
        for session in self.sessions:
            is_stopped = bool(intent & ~self.permitted)
            if is_stopped or not self.is_resumable(session) or not session.wants(event_type):
                continue
            session.s += 1
            session.events[session.s] = sent["event_id"], event_type
            bot = session.listener
            if bot is None or bot.phase != "ready":
                continue
            delivered += 1
            expected = self.told(bot, f"dispatch: {event_type}", (event_type, session.s, sent["event_id"]))
            assert self.heard(bot) == expected
        assert sent["delivered"] == delivered

    @rule(bot=bots)
    def heartbeat(self, bot):
        outputs = [read(output) for output in bot.peer.beat()]
        if not bot.open:
            assert outputs == []
            return
        suffered = self.suffered(bot, "HEARTBEAT") if bot.known else None
        if suffered is None:
            bot.heard_at = self.now.steady
        assert outputs == (self.said(bot, 11) if suffered is None else suffered)

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

    @rule(bot=bots, which=st.integers(0, 30), resumes=st.booleans())
    def kill_tokens(self, bot, which, resumes):
        """Every token is dead; one bot shows its old one all the same."""
        self.dead_token = self.stage.token()
        self.stage.world.tokens.revoke()
        for other in self.all_bots:
            other.dies_at = float("-inf")
        if resumes and self.sessions:
            session = self.sessions[which % len(self.sessions)]
            self.resume_from(bot, session, session.s, self.dead_token)
        else:
            self.identify(bot, C2C, (0, 1), self.dead_token)

    @rule(permitted=st.sampled_from([C2C, GUILD, C2C | GUILD]))
    def permit(self, permitted):
        self.permitted = permitted
        self.stage.set(permitted_intents=permitted)

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
        bot.peer.connection.ask_to_reconnect(self.now, None if withheld else 4009, 0)
        if bot.phase == "ready":
            bot.phase = "draining"
        told = self.said(bot, 7)
        if not withheld and bot.open:
            told.append(("close", 4009))
            bot.end(self.now.world)
        assert self.heard(bot) == told

    @rule(bot=bots, resumable=st.booleans())
    def op_9(self, bot, resumable):
        bot.peer.connection.invalidate(self.now, resumable=resumable, then_close=None, after=0)
        bot.detach(self.now.world)
        if bot.open:
            bot.phase = "greeted"
        assert self.heard(bot) == self.said(bot, 9, d=resumable)

    @rule(bot=bots, code=st.sampled_from([1000, 4009, 4914]))
    def close(self, bot, code):
        bot.peer.connection.close(code, self.now)
        assert self.heard(bot) == ([("close", code)] if bot.open else [])
        bot.end(self.now.world)

    @rule(bot=bots)
    def drop(self, bot):
        bot.peer.connection.drop(self.now)
        assert self.heard(bot) == (["drop"] if bot.open else [])
        bot.end(self.now.world)

    @rule(bot=consumes(bots))
    def leave(self, bot):
        bot.peer.leave()
        assert self.heard(bot) == []
        bot.end(self.now.world)

    @rule(seconds=st.sampled_from([1, 100, 299, 301, 7200, 86_400]))
    def jump(self, seconds):
        self.stage.world.clock.advance(seconds)

    @rule(seconds=st.sampled_from([0, 1, 5, 40, 100, 301]))
    def flow(self, seconds):
        """Time passes; what was late comes, silent bots and those of dead tokens are ended."""
        before = self.now
        self.stage.flow(seconds)
        for bot in self.all_bots:
            expected = bot.wait(self.now.steady, before, missed=self.missed, expiry=self.expiry)
            assert self.heard(bot) == expected

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


SessionMachine.TestCase.settings = effort(100, [HealthCheck.too_slow])
TestSessions = SessionMachine.TestCase
