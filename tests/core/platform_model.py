"""The platform as a plain model: what each bot of a stage must hear when it comes, when others act, as time passes."""

from hypothesis.stateful import RuleBasedStateMachine

from core.session_model import C2C, GUILD, PATIENCE, TIMED_OUT, ModelSession
from core.stage import ROUNDING, Stage

LIFETIME = 300.0
IDENTIFY_SECONDS, MINUTE = 5.0, 60.0
# The codes before which op 9 comes, by the choice of `refusal_op9`.
ANNOUNCED = {"seen": {4014, 4903}, "some": {4014, 4903}, "every": {4004, 4007, 4014, 4903}}
# What the RESUME of an unknown session meets, by the choice of `resume_refusal`: a code, and whether op 9 comes first.
UNKNOWN = {"invalid-session": (4006, True), "4006": (4006, False), "4902": (4902, False)}
MOMENTS = {7: "ws: RECONNECT", 9: "ws: INVALID_SESSION", 10: "ws: HELLO", 11: "ws: ACK"}


class PlatformModel(RuleBasedStateMachine):
    """The model beside the stage whose core it describes; what is set there is set here.

    Attributes:
        recycling: seconds that a connection lives and the clock that counts them, or None.
        made: world and steady seconds of each session's start, and of each RESUME where it counts as one.
    """

    def __init__(self):
        super().__init__()
        self.stage = Stage(settings={"session_lifetime": LIFETIME})
        self.sessions, self.all_bots = [], []
        self.fault, self.dead_token = None, None
        self.permitted = C2C | GUILD
        self.recycling, self.grace = None, "0"
        self.taken_over, self.goodbye = "both-stay", "session-kept"
        self.made, self.gateway_calls, self.token_calls = [], [], []
        self._ticking = None

    @property
    def now(self):
        return self._ticking or self.stage.now

    def is_resumable(self, session):
        if session.left_at is not None and self.now.world - session.left_at > LIFETIME:
            session.known = False
        return session.known

    # -- what is said -----------------------------------------------------------------------------------------------

    def told(self, bot, moment, frame):
        """What the bot hears when the platform says this."""
        if not bot.open:
            return []
        verb = self.fault.at(moment) if self.fault and bot.known else None
        return bot.hear(verb, frame, self.now)

    def said(self, bot, op, d=None):
        return self.told(bot, MOMENTS[op], op if op != 9 else (op, d))

    def invalidated(self, bot, *, resumable):
        """Op 9: the session waits, and the bot may log in again on this socket."""
        bot.detach(self.now.world)
        if bot.open:
            bot.phase = "greeted"
        return self.said(bot, 9, d=resumable)

    def refused(self, bot, code):
        return self.closed(bot, code, announced=code in ANNOUNCED[self.announced])

    def closed(self, bot, code, *, announced):
        """A refusal: a close frame, op 9 before it if announced; what was held back comes with op 9."""
        told = self.invalidated(bot, resumable=False) if announced else []
        return told + bot.close(code, self.now.world)

    def asked_to_reconnect(self, bot, grace):
        """Op 7, and 4009 so many seconds later; "never": it is withheld."""
        if bot.phase == "ready":
            bot.phase = "draining"
        told = self.said(bot, 7)
        if grace == "0":
            told += bot.close(4009, self.now.world)
        elif grace != "never" and bot.open:
            bot.send_later(float(grace), TIMED_OUT, self.now)
        return told

    def suffered(self, bot, op):
        """What a fault at a received frame makes of it, as what is heard; None where there is none."""
        bot.known = True
        verb = self.fault.at(f"receive: {op}") if self.fault else None
        match verb:
            case None:
                return None
            case "close":
                return bot.close(4903, self.now.world)
            case "disconnect":
                return bot.drop(self.now.world)
            case _:
                return bot.wire(verb)

    # -- budgets ----------------------------------------------------------------------------------------------------

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

    # -- logins -----------------------------------------------------------------------------------------------------

    def log_in_as(self, bot, session, token):
        bot.log_in(session, self.now, self.stage.world.tokens.expires_at(token))

    def turned_away(self, bot, op, token):
        """What a login meets before anybody looks at what it asks for; None when it is looked at."""
        suffered = self.suffered(bot, op) if bot.is_heard else []
        if suffered is not None:
            return suffered
        if bot.logged_in:
            return self.closed(bot, 4005, announced=False)
        return self.refused(bot, 4004) if token == self.dead_token else None

    def expected_of_identify(self, bot, intents, shard, token):
        turned_away = self.turned_away(bot, "IDENTIFY", token)
        if turned_away is not None:
            return turned_away
        if intents & ~self.permitted or self.is_over_budget():
            return self.refused(bot, 4014 if intents & ~self.permitted else 4903)
        self.made.append((self.now.world, self.now.steady))
        session = ModelSession(list(self.stage.world.sessions)[-1].id, intents, shard)
        self.sessions.append(session)
        self.log_in_as(bot, session, token)
        return self.told(bot, "ws: READY", ("READY", 1, None))

    def refused_resume(self, bot, session, seq):
        """What the bot hears whose RESUME of this session is refused, or None."""
        if session is None or not self.is_resumable(session):
            code, announced = UNKNOWN[self.unknown]
            return self.closed(bot, code, announced=announced)
        if not 0 <= seq <= session.s:
            return self.refused(bot, 4007)
        if session.intents & ~self.permitted:
            return self.refused(bot, 4014)
        return self.refused(bot, 4903) if self.spends == "yes" and self.is_over_budget() else None

    def expected_of_resume(self, bot, session, seq, token):
        """What the bot hears, and what the one hears that listened to the session before."""
        turned_away = self.turned_away(bot, "RESUME", token)
        if turned_away is not None:
            return turned_away, []
        refused = self.refused_resume(bot, session, seq)
        if refused is not None:
            return refused, []
        if self.spends == "yes":
            self.made.append((self.now.world, self.now.steady))
        previous, reset = session.listener, []
        self.log_in_as(bot, session, token)
        if previous is not None:
            previous.session = None
            reset = previous.close(4902, self.now.world) if self.taken_over == "4902" else []
        told, after = [], {"exact": seq, "overlap": max(seq - 1, 0), "none": session.s}[self.replay]
        for s, (event_id, event_type) in session.events.items():
            if s > after:
                told += self.told(bot, f"dispatch: {event_type}", (event_type, s, event_id))
        session.s += 1
        return told + self.told(bot, "ws: RESUMED", ("RESUMED", session.s, None)), reset

    # -- the bot leaves, time passes --------------------------------------------------------------------------------

    def left(self, bot, code):
        """The bot closes its socket."""
        if code == 1000 and self.goodbye == "session-ended" and bot.session is not None:
            bot.session.known = False
        bot.end(self.now.world)

    def pass_time(self, seconds):
        """What each bot hears until then, by itself; the stage's own clock has not moved yet."""
        heard = {bot: [] for bot in self.all_bots}
        steady = self.now.steady
        end = steady + seconds
        while True:
            dues = [(self._due(bot), number) for number, bot in enumerate(self.all_bots) if bot.open and bot.known]
            due, number = min(dues, default=(float("inf"), 0))
            if due > end:
                self._ticking = None
                return heard
            steady = max(steady, due)
            self._ticking = self.stage.world.clock.at(steady + ROUNDING)
            bot = self.all_bots[number]
            heard[bot] += bot.hear_late(self.now)
            heard[bot] += self._ended(bot) if bot.open else []

    def _due(self, bot):
        late = [bot.later[0][0]] if bot.later else []
        return min([*late, self._patience(bot), self._token_end(bot), self._recycling(bot)])

    def _ended(self, bot):
        """What comes when a connection's time is over, in one way or another."""
        steady, world = self.now.steady, self.now.world
        if self._patience(bot) <= steady:
            return bot.close(4009, world) if self.missed == "close-4009" and not bot.stalled else bot.drop(world)
        if self._token_end(bot) <= steady:
            return bot.close(4004, world)
        return self.asked_to_reconnect(bot, self.grace) if self._recycling(bot) <= steady else []

    def _patience(self, bot):
        is_judged = bot.logged_in and not bot.half_open and self.missed != "ignore"
        return bot.heard_at + PATIENCE if is_judged else float("inf")

    def _token_end(self, bot):
        is_judged = bot.logged_in and not bot.stalled and self.expiry == "close-4004"
        return self.stage.world.clock.steady_at(bot.dies_at) if is_judged else float("inf")

    def _recycling(self, bot):
        if self.recycling is None or bot.phase != "ready" or bot.stalled:
            return float("inf")
        seconds, clock = self.recycling
        if clock == "steady":
            return bot.ready_at.steady + seconds
        return self.stage.world.clock.steady_at(bot.ready_at.world + seconds)
