"""The session core against a plain model: any order of coming, going, speaking and failing, within budgets or not."""

from fuzz.effort import effort
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, initialize, invariant, rule

from core.platform_model import ANNOUNCED, IDENTIFY_SECONDS, UNKNOWN, PlatformModel
from core.session_model import C2C, EVENTS, FAULTS, GUILD, ModelBot, ModelFault
from core.stage import APP_ID, SECRET, body_of
from fakeqq.core.gateway.outputs import CloseSocket, CutFrame, DropSocket, StopReading, StopSending
from fakeqq.wire import limits

GATEWAY_CALLS = {"off": 10**9, "real": 10, "strict": 2}
TOKEN_CALLS = int(limits.TOKEN_CALLS_PER_MINUTE.value)
# Never given to a bot here.
FORBIDDEN = 1 << 9
SHARDS = [(0, 1), (0, 1), (0, 2), (1, 2)]
# How long connections live, and by which clock.
LIVES = [None, (60.0, "steady"), (60.0, "world"), (1800.0, "world")]
GRACES = ["0", "5", "never"]


WORDS = {DropSocket: "drop", CutFrame: "cut", StopReading: "half-open", StopSending: "stall"}


def read(output):
    """An output in the words of the model."""
    if isinstance(output, CloseSocket):
        return ("close", output.code)
    if not isinstance(output, dict):
        return WORDS[type(output)]
    if output["op"] == 0:
        return (output["t"], output["s"], output.get("id"))
    return (output["op"], output["d"]) if output["op"] == 9 else output["op"]


class SessionMachine(PlatformModel):
    bots = Bundle("bots")

    @initialize(
        replay=st.sampled_from(["exact", "overlap", "none"]),
        budget=st.sampled_from(["off", "off", "real", "strict"]),
        calls=st.sampled_from(["off", "real", "strict"]),
        limits_of_starts=st.sampled_from([(1, 60.0), (2, 60.0), (2, 86_400.0), (1000, 86_400.0)]),
        concurrency=st.sampled_from([1, 2]),
        missed=st.sampled_from(["ignore", "drop", "close-4009"]),
        expiry=st.sampled_from(["ignored", "close-4004"]),
        refusals=st.tuples(st.sampled_from(sorted(ANNOUNCED)), st.sampled_from(sorted(UNKNOWN))),
        spends=st.sampled_from(["no", "no", "yes"]),
    )
    def begin(self, replay, budget, calls, limits_of_starts, concurrency, missed, expiry, refusals, spends):
        self.replay, self.budget, self.calls = replay, budget, calls
        (self.total, self.window), self.concurrency = limits_of_starts, concurrency
        self.missed, self.expiry, self.spends = missed, expiry, spends
        self.announced, self.unknown = refusals
        switches = {
            "replay": replay, "session_budget": budget, "gateway_budget": calls, "missed_heartbeats": missed,
            "token_expiry": expiry, "token_budget": "off" if calls == "off" else "on", "resume_spends": spends,
            "refusal_op9": self.announced, "resume_refusal": self.unknown,
        }  # fmt: skip
        self.stage.set(
            session_start_total=self.total, session_start_window=self.window, max_concurrency=concurrency,
            permitted_intents=self.permitted, switches=switches,
        )  # fmt: skip

    def heard(self, bot, outputs=None):
        """What the bot was told; whatever the model says of it, `s` grows and no event comes without its intent."""
        told = [read(output) for output in (bot.peer.take() if outputs is None else outputs)]
        for word in told:
            if isinstance(word, tuple) and len(word) == 3:
                event_type, s, _ = word
                intent, _ = EVENTS.get(event_type, (0, None))
                assert not intent or intent & bot.intents
                assert bot.disturbed or s > bot.last_s
                bot.last_s = s
        return told

    def switch(self, **choices):
        self.stage.set(switches=choices)

    def afford(self):
        """Wait as long as the budget of logins demands."""
        if self.is_over_budget():
            self.jump(self.window)
            self.flow(IDENTIFY_SECONDS)

    def newcomer(self, intents=C2C | GUILD):
        self.afford()
        return self.log_in((0, 1), intents)

    def revoke_tokens(self):
        self.dead_token = self.stage.token()
        self.stage.world.tokens.revoke()
        for bot in self.all_bots:
            bot.dies_at = float("-inf")

    def resume_from(self, bot, session, seq, token=None):
        """RESUME, and compare every frame that comes with what the policy says."""
        token = token or self.stage.token()
        previous = session.listener if session else None
        outputs = bot.peer.resume(session.id if session else "nobody's", seq, token)
        expected, reset = self.expected_of_resume(bot, session, seq, token)
        assert self.heard(bot, outputs) == expected
        assert previous is None or self.heard(previous) == reset

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
        expected = self.expected_of_identify(bot, intents, shard, token)
        assert self.heard(bot, outputs) == expected

    @rule(target=bots, shard=st.sampled_from(SHARDS))
    def log_in(self, shard, intents=C2C | GUILD):
        """Coming and saying who one is in one step: what fills a budget."""
        bot = self.connect("world")
        self.identify(bot, intents & self.permitted, shard)
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
        self.switch(replay=replay)
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

    @rule(
        target=bots, fault=st.sampled_from(FAULTS), nth=st.integers(1, 2), seconds=st.sampled_from([0, 5]),
        drops=st.booleans(),
    )  # fmt: skip
    def meet_a_fault(self, fault, nth, seconds, drops):
        """A fault stands in the way of a bot that comes, beats, hears two events, and comes back."""
        self.arm(fault, nth, 2)
        bot = self.newcomer()
        session = bot.session
        self.heartbeat(bot)
        for event_type in ("C2C_MESSAGE_CREATE", "ZZZ_UNHEARD_OF"):
            self.dispatch(event_type)
        self.flow(seconds)
        if session is not None:
            if drops:
                self.drop(bot)
            self.resume_from(self.connect("world"), session, 1)
        return bot

    @rule(recycling=st.sampled_from(LIVES), grace=st.sampled_from(GRACES))
    def recycle(self, recycling, grace):
        self.recycling, self.grace = recycling, grace
        seconds, clock = recycling or (None, "steady")
        self.stage.set(recycle_interval=seconds, recycle_clock=clock, switches={"recycle_grace": grace})

    @rule(
        target=bots, recycling=st.sampled_from(LIVES), grace=st.sampled_from(GRACES),
        seconds=st.sampled_from([4, 5, 6]), clings=st.booleans(),
    )  # fmt: skip
    def grow_old(self, recycling, grace, seconds, clings):
        """A connection lives until its time is over; what was said since then comes with the session."""
        self.recycle(recycling, grace)
        bot = self.newcomer(C2C)
        session = bot.session
        self.flow(59)
        self.jump(1740)
        self.heartbeat(bot)
        self.flow(1)
        for event_type in EVENTS:
            self.dispatch(event_type)
        self.flow(seconds)
        if clings:
            self.heartbeat(bot)
        if session is not None:
            self.resume_from(self.connect("world"), session, 1)
        return bot

    @rule(
        target=bots, recycling=st.sampled_from(LIVES), grace=st.sampled_from(GRACES), first=st.sampled_from([0, 6]),
        seconds=st.sampled_from([5, 55]),
    )  # fmt: skip
    def start_over(self, recycling, grace, first, seconds):
        """A bot is let go, and logs in again on the same socket."""
        self.recycle(recycling, grace)
        bot = self.newcomer()
        self.flow(first)
        self.op_7(bot, grace)
        self.op_9(bot, resumable=False)
        self.afford()
        self.identify(bot, self.permitted, (0, 1))
        self.flow(seconds)
        return bot

    @rule(
        target=bots, verb=st.sampled_from(["stall", "half-open"]), recycling=st.sampled_from(LIVES[:2]),
        token_dies=st.booleans(), seconds=st.sampled_from([60, 100]),
    )  # fmt: skip
    def go_dead(self, verb, recycling, token_dies, seconds):
        """One direction of a line fails: what ends other connections may not end this one; the end of TCP does."""
        self.recycle(recycling, "0")
        self.arm(("receive: HEARTBEAT", {"verb": verb}), 1, 1)
        bot = self.newcomer()
        self.heartbeat(bot)
        self.dispatch("ZZZ_UNHEARD_OF")
        if token_dies:
            self.revoke_tokens()
        self.flow(seconds)
        self.heartbeat(bot)
        self.close(bot, 4009)
        self.drop(bot)
        return bot

    @rule(target=bots, choice=st.sampled_from(["both-stay", "4902"]), beats=st.booleans())
    def take_over(self, choice, beats):
        """A session is resumed that another socket listens to."""
        self.taken_over = choice
        self.switch(resume_while_attached=choice)
        older = self.newcomer()
        if older.session is not None:
            self.resume_from(self.connect("world"), older.session, 1)
        self.dispatch("ZZZ_UNHEARD_OF")
        if beats:
            self.heartbeat(older)
        return older

    @rule(
        target=bots, choice=st.sampled_from(["session-kept", "session-ended"]),
        code=st.sampled_from([1000, 1000, 1001, None]),
    )  # fmt: skip
    def say_goodbye(self, choice, code):
        """A bot leaves, and thinks better of it."""
        self.goodbye = choice
        self.switch(client_close_1000=choice)
        bot = self.newcomer()
        session = bot.session
        self.leave(bot, code)
        again = self.connect("world")
        if session is not None:
            self.resume_from(again, session, 1)
        return again

    @rule(target=bots, beats=st.booleans(), seconds=st.sampled_from([40, 100]))
    def fall_silent(self, beats, seconds):
        bot = self.newcomer()
        self.flow(seconds)
        if beats:
            self.heartbeat(bot)
        self.flow(seconds)
        return bot

    @rule(event_type=st.sampled_from(sorted(EVENTS)))
    def dispatch(self, event_type):
        intent, guild = EVENTS[event_type]
        data = {"n": 1} if guild is None else {"n": 1, "guild_id": str(guild << 22)}
        sent = self.stage.world.emit(event_type, data, self.now)
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
        outputs = bot.peer.beat()
        expected = []
        if bot.is_heard:
            suffered = self.suffered(bot, "HEARTBEAT") if bot.known else None
            if suffered is None:
                bot.heard_at = self.now.steady
            expected = self.said(bot, 11) if suffered is None else suffered
        assert self.heard(bot, outputs) == expected

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
        self.revoke_tokens()
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

    @rule(bot=bots, grace=st.sampled_from(GRACES))
    def op_7(self, bot, grace):
        withheld = grace == "never"
        bot.peer.connection.ask_to_reconnect(self.now, None if withheld else 4009, 0 if withheld else float(grace))
        expected = self.asked_to_reconnect(bot, grace)
        assert self.heard(bot) == expected

    @rule(bot=bots, resumable=st.booleans())
    def op_9(self, bot, resumable):
        bot.peer.connection.invalidate(self.now, resumable=resumable, then_close=None, after=0)
        expected = self.invalidated(bot, resumable=resumable)
        assert self.heard(bot) == expected

    @rule(bot=bots, code=st.sampled_from([1000, 4009, 4914]))
    def close(self, bot, code):
        bot.peer.connection.close(code, self.now)
        assert self.heard(bot) == bot.close(code, self.now.world)

    @rule(bot=bots)
    def drop(self, bot):
        bot.peer.connection.drop(self.now)
        assert self.heard(bot) == bot.drop(self.now.world)

    @rule(bot=consumes(bots), code=st.sampled_from([1000, 4000, None]))
    def leave(self, bot, code):
        bot.peer.leave(code)
        assert self.heard(bot) == []
        self.left(bot, code)

    @rule(seconds=st.sampled_from([1, 100, 299, 301, 7200, 86_400]))
    def jump(self, seconds):
        self.stage.world.clock.advance(seconds)

    @rule(seconds=st.sampled_from([0, 1, 5, 40, 100, 301]))
    def flow(self, seconds):
        """Time passes; what was late comes, silent bots and those of dead tokens are ended."""
        expected = self.pass_time(seconds)
        self.stage.flow(seconds)
        for bot in self.all_bots:
            assert self.heard(bot) == expected[bot]

    @rule()
    def forget_all(self):
        self.stage.world.sessions.forget_all()
        for session in self.sessions:
            session.known = False

    # -- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def nobody_hears_what_was_not_for_him(self):
        for bot in self.all_bots:
            assert self.heard(bot) == []
            assert bot.peer.connection.phase.value == bot.phase

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


SessionMachine.TestCase.settings = settings(effort(100, [HealthCheck.too_slow]), stateful_step_count=40)
TestSessions = SessionMachine.TestCase
