"""One bad day, lived through by platform and client, and what must be true in its evening."""

import re
from collections import Counter
from itertools import pairwise

from bad_days import CHAOS_SECONDS, EATERS, FATAL_CODES, FORGED
from budgets import Budgets
from simulated_answers import MOST_REPLIES, Ledger
from simulated_client import Client, Pushed
from simulated_network import Network
from simulated_time import Clock, Host

from fakeqq.core.scenarios import scenario
from fakeqq.core.streams import streams
from fakeqq.core.webhooks.webhook import WebhookSettings
from reference_client.backoff import IDENTIFY_SPACING

EVENING = 600.0
"""Seconds after the faults in which the work in hand must come to its end."""

AFTERWARDS = 30.0
"""Seconds in which nothing may happen any more."""


FAREWELL = 1.0
"""Seconds between a process's goodbye and its end."""

REPAIR = 30.0
"""Seconds until somebody has read why a bot stopped by itself, and starts it again."""

LONGER_THAN_STREAMS = 86_400.0
"""Seconds."""

_PIECE = re.compile(r"<[^<>]*>")


class BadEndError(AssertionError):
    """Something that must never happen has happened."""


class Result:
    """What a day came to; `online`: so many of its CHAOS_SECONDS."""

    def __init__(self):
        self.faults = 0
        self.messages = 0
        self.answers = 0
        self.reported = 0
        self.lost = 0
        self.online = 0.0
        self.seconds = 0.0


class Run:
    """A day under way."""

    def __init__(self, day):
        self.day = day
        self.clock = Clock()
        self.network = Network(self.clock, day.seed)
        self.world = self.network.world
        self.host = Host(self.clock)
        self.result = Result()
        self.ledger = Ledger()
        self.client = None
        self.processes = 0
        self.said = {}
        self.seen = Counter()
        self.pieces = Counter()
        self.saying = None
        self.eaters = {
            fault["name"]
            for fault in day.faults
            if fault["on"].startswith("dispatch") and EATERS & {verb["verb"] for verb in fault["do"]}
        }
        self.budgets = Budgets(self.world, self.clock)
        self.world.journal.listeners.append(self._look)
        self.users = {name: self.world.people.add_user() for name in ("ann", "bob", "cho")}
        self.group = self.world.people.add_group()

    def live(self):
        day = self.day
        parsed = scenario.parse({"name": "storm", "settings": day.changes, "faults": day.faults, "timeline": day.steps})
        self.world.stage(parsed, self.network.instant())
        self.network.flush()
        for at, text, user, in_group in day.speech:
            self.clock.at(at, self._say, text, user, in_group)
        for at, seconds in day.freezes:
            self.clock.at(at, self._freeze, seconds)
        for at, gap, kill in day.restarts:
            self.clock.at(at, self._restart, gap, kill)
        for at in day.neighbours:
            self.clock.at(at, self._ask_next_door)
        if day.deliveries is None:
            self._start("")
        else:
            self.client = Pushed(self.host, self.network, self.ledger, day)
            self.world.webhook.configure(WebhookSettings(url="http://127.0.0.1/", retry_after=2.0, deliveries=100))
            self.network.flush()
        self.clock.run_until(CHAOS_SECONDS)
        self.result.online = self.ledger.presence.until(self.clock.now) if day.deliveries is None else CHAOS_SECONDS
        self._end_the_trouble()
        self._recover()
        self.result.seconds = self.clock.now
        self._judge()
        return self.result

    # The bot's processes

    def _start(self, kept):
        self.client = Client(self.host, self.network, self.ledger, self.day, kept=kept, number=self.processes)
        self.client.at_stop = self._stopped_by_itself
        self.budgets.process = self.processes = self.processes + 1

    def _restart(self, gap, kill):
        client = self.client
        if client.dead or client.leaving:
            return
        self.result.faults += 1
        if kill:
            self._end(client, gap)
        else:
            client.stop()
            self.clock.after(FAREWELL, self._end, client, gap)

    def _stopped_by_itself(self, client):
        client.stop()
        self.clock.after(FAREWELL, self._end, client, REPAIR)

    def _end(self, client, gap):
        if not client.dead:
            kept = client.die()
            self.network.flush()
            self.clock.after(gap, self._start, kept)

    # The day

    def _end_the_trouble(self):
        self.client.losses = 0.0
        self.network.platform.doors.reopen(self.world.app_id)
        self.network.flush()
        self.world.stage(None, self.network.instant())
        self.world.acks_muted = False
        # Sockets that die with their token, or at an age of a minute, are among the day's troubles, too.
        calm = {"switches": {"token_expiry": "ignored"}, "recycle_interval": None}
        self.world.settings = self.world.settings.changed(calm)
        known = set(self.world.sessions)
        for connection in self.world.live_connections():
            if connection.session not in known or connection.out.half_open or connection.out.stalled:
                # A live socket whose session was forgotten hears nothing and cannot know: that is over now, too. So is
                # a line on which nothing moves.
                connection.drop(self.network.instant())
        self.network.flush()

    def _recover(self):
        """Everything works again: the bot must come back, finish its work and answer once more."""
        clock = self.clock
        if self.client.dead or self.client.leaving:
            clock.run_until(clock.now + FAREWELL + REPAIR)
        # What the last faults did is on its way, waits for a lid to be opened, or shows when heartbeats are counted.
        interval = self.world.settings.heartbeat_interval_ms / 1000
        clock.run_until(max(clock.now, self.host.frozen_until) + 3 * interval)
        client = self.client
        if not clock.run_until(clock.now + self.day.patience, lambda: client.online):
            phases = [each.gateway.phase.name for each in client.receivers]
            raise BadEndError(f"not back {self.day.patience:g} s after the last fault: {phases}")
        clock.run_until(clock.now + EVENING, lambda: client.unfinished == 0)
        clock.run_until(clock.now + AFTERWARDS)
        must(self.client is client, f"stopped for good after the last fault: {client.stopped}")
        must(client.online, "online after the faults, and off again without one")
        self._say("ping c2c.", "ann", False)
        self._say("ping group.", "bob", True)
        clock.run_until(clock.now + 90.0)
        must(client.unfinished == 0, f"{client.unfinished} handlers never ended")
        for text in ("ping c2c.", "ping group."):
            pieces, problem = self.ledger.streamed.get(text, (None, None))
            answers = self.pieces[pieces[0]] if pieces else self.seen[f"{text}/0"]
            must(answers == 1, f"{text!r} after the faults was answered {answers} times, {problem}")

    def _judge(self):
        day, ledger = self.day, self.ledger
        # Whoever left a stream open has told so; now it is seen what the user is left with.
        self.world.clock.advance(LONGER_THAN_STREAMS)
        streams.settle(self.world, self.network.instant())
        for text, at in self.said.items():
            self._judge_message(text, at)
        must(ledger.handled[FORGED] == 0, "a forged delivery was acted on")
        must(set(ledger.stops) <= set(FATAL_CODES), f"stopped for good by {ledger.stops}")
        for index, (earlier, later) in enumerate(pairwise(ledger.identified_at)):
            must(later - earlier >= IDENTIFY_SPACING - 1e-6, f"IDENTIFY {index + 2} came {later - earlier:.2f} s early")
        problem = self.budgets.problem(ledger.interrupted)
        must(problem is None, problem)
        self._judge_growth()
        if day.deliveries is not None:
            return
        live = list(self.world.connections.values())
        must(len(live) == day.shards, f"{len(live)} live connections of {day.shards} shards")
        attached = Counter(session.shard[0] for session in self.world.sessions if session.connection is not None)
        must(set(attached) == set(range(day.shards)), f"sessions attached: {dict(attached)}")
        must(max(attached.values()) == 1, f"a shard lives twice: {dict(attached)}")

    def _judge_message(self, text, at):
        ledger, result = self.ledger, self.result
        result.messages += 1
        # Only the process that is gone knew how far it had come: its successor begins such a message again.
        most = 1 + ledger.interrupted[text]
        must(ledger.handled[text] <= most, f"{text!r} was handled {ledger.handled[text]} times")
        if text in ledger.streamed:
            self._judge_stream(text, most)
        for part in range(MOST_REPLIES):
            reply = f"{text}/{part}"
            must(self.seen[reply] <= most, f"the user sees {reply!r} {self.seen[reply]} times")
            if reply not in ledger.reported:
                continue
            problem = ledger.reported[reply]
            result.answers += self.seen[reply]
            result.reported += problem is not None
            must(problem is not None or self.seen[reply] >= 1, f"{reply!r} was taken for delivered and is not there")
        if ledger.handled[text] == 0:
            must(
                ledger.hearing.excuses(text, at),
                f"{text!r}, said at {at:.2f} s, was never heard, and nobody was told",
            )
            result.lost += 1

    def _judge_stream(self, text, most):
        pieces, problem = self.ledger.streamed[text]
        self.result.answers += problem is None
        self.result.reported += problem is not None
        for piece in pieces:
            shown = self.pieces[piece]
            must(shown <= most, f"the user reads {piece!r} {shown} times")
            must(problem is not None or shown >= 1, f"{piece!r} was taken for shown and is not there")

    def _judge_growth(self):
        client = self.client
        must(len(client.seen._keys) <= 3 * len(self.said), f"{len(client.seen._keys)} ids of {len(self.said)} messages")
        must(len(client.sequences._last) <= len(self.said), "more anchors are numbered than there were messages")
        if self.day.deliveries is not None:
            return
        starts = client.starts
        must(starts._outstanding == 0, f"{starts._outstanding} session starts are reserved for nobody")
        must(len(starts._reserved) <= 8, f"{len(starts._reserved)} reserved slots are remembered")
        must(len(starts._sent) <= 8, f"{len(starts._sent)} sent IDENTIFYs are remembered")
        for receiver in client.receivers:
            unfinished = receiver.gateway._progress._unfinished
            must(not unfinished, f"events count as unfinished for ever: {sorted(unfinished)[:5]}")

    def _say(self, text, user, in_group):
        self.said[text], self.saying = self.clock.now, text
        self.world.say(
            text, self.users[user].openid, self.group.group_openid if in_group else None, self.network.instant()
        )
        self.network.flush()
        self.saying = None
        if self.day.deliveries is None and not self.client.is_heard_by(self.world.sessions):
            self.ledger.hearing.eaten(text)

    def _freeze(self, seconds):
        self.result.faults += 1
        self.host.freeze(seconds)
        self.budgets.disturbed(seconds)

    def _ask_next_door(self):
        self.network.ask_next_door()
        self.budgets.disturbed()

    def _look(self, entry):
        self.budgets.look(entry)
        match entry["kind"]:
            case "fault":
                self.result.faults += 1
                if entry["fault"] in self.eaters:
                    self._eat()
            case "scenario":
                self.result.faults += entry["action"] not in {"begin", "end"} and "skipped" not in entry
            case "user.sees":
                self.seen[entry["text"]] += 1
                self.pieces.update(_PIECE.findall(entry["text"]))

    def _eat(self):
        if self.saying is not None:
            self.ledger.hearing.eaten(self.saying)
        else:
            self.ledger.hearing.eaten_in_replay(self.clock.now)


def must(holds, otherwise):
    if not holds:
        raise BadEndError(otherwise)


def live(day):
    """Live through a day.

    Raises:
        AssertionError: something happened that must not.
    """
    return Run(day).live()
