"""The words in which a check tells its story.

Platform and people act at once. What the bot does is waited for; a wait that fails raises what the report prints. A
check says `require` for what the row demands, and `prefer` for what it only recommends.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from conformance.harness import pace
from conformance.harness.adapter import describe_exit
from conformance.harness.journal import (
    Journal,
    Login,
    Message,
    Send,
    Session,
    logins,
    sends,
    session_on,
    sights,
)
from conformance.harness.watch import Watch
from conformance.verdict import Blocked, Broken, NotApplicable, Unmet
from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.harness.adapter import Adapter
    from conformance.harness.journal import Entry
    from conformance.harness.pace import Span
    from fakeqq.launch.control import WorldControl

GATEWAY = ("GET /gateway", "GET /gateway/bot")
LOGINS = {"kind": "ws.in", "op": {"in": [Op.IDENTIFY.value, Op.RESUME.value]}}
HEARTBEATS = {"kind": "ws.in", "op": Op.HEARTBEAT.value}


def require(holds: bool, expected: str, observed: object) -> None:
    """What the row demands.

    Raises:
        Unmet: it does not hold.
    """
    if not holds:
        raise Unmet(str(observed), expected=expected)


class World:
    """One bot's platform, and the bot."""

    def __init__(self, control: WorldControl, adapter: Adapter, speed: float) -> None:
        self.speed = speed
        self.remarks: list[str] = []
        self.started_at: float | None = None
        self._control = control
        self._adapter = adapter
        self._journal = Journal(control)
        self._watch = Watch(control, adapter, speed)
        self._moment = 0

    # The bot

    def bot_starts(self) -> None:
        """The adapter's process is started, its clock and the world's at the same speed."""
        clock = self._control.clock(speed=self.speed)
        self.started_at = float(clock["now"])
        self._adapter.start()

    def bot_is_online(self) -> Entry:
        """The prerequisite of every hostile part: started, logged in, and a message is answered.

        Returns READY's entry.

        Raises:
            Blocked: it is not.
        """
        try:
            self.bot_starts()
            return self.comes_online(within=pace.STARTS)
        except Unmet as finding:
            raise Blocked(
                f"the bot was not online before the hostile part: {finding.observed}", expected=finding.expected
            ) from finding

    def comes_online(self, within: Span = pace.COMES_BACK) -> Entry:
        """READY or RESUMED since the last hostile act, then a message is answered; returns that dispatch.

        Raises:
            Unmet: no login succeeded in time, or the message got no answer.
        """
        online = self._watch.first(
            {"kind": "ws.out", "t": {"in": ["READY", "RESUMED"]}},
            since=self._moment,
            within=within,
            expected="the bot comes online: READY or RESUMED, then a message is answered",
        )
        self.answer_to(self.user_says())
        return online

    def is_running(self) -> None:
        """The adapter's process is alive.

        Raises:
            Unmet: it has ended.
        """
        status = self._adapter.exit_status()
        require(status is None, "the process survives", describe_exit(status or 0))

    # People

    def user_says(self) -> Message:
        """A user says a word that nobody said before, to the bot alone."""
        text = f"ping{secrets.token_hex(4)}"
        last = self._journal.last
        said = self._control.say(text)
        return Message(text=text, id=said["message_id"], user=said["user"], delivered=said["delivered"], entry_id=last)

    def answer_to(self, message: Message) -> Entry:
        """The first message that a user sees with the same word in it.

        Raises:
            Unmet: there is none in time.
        """
        return self._watch.first(
            {"kind": "user.sees", "text": {"contains": message.text}},
            since=message.entry_id,
            within=pace.ANSWERS,
            expected=f"the message {message.text!r} is answered",
        )

    def answers_to(self, message: Message) -> int:
        """How many such messages there are by now."""
        return len(sights(self._journal.read(), message.text))

    def each_is_answered_once(self, *messages: Message) -> None:
        """Every one of them has its answer; when a later message has been answered too, none has a second.

        Raises:
            Unmet: one is not answered, or is answered twice.
        """
        for message in messages:
            self.answer_to(message)
        self.answer_to(self.user_says())
        for message in messages:
            count = self.answers_to(message)
            require(count == 1, "each message is answered exactly once", f"{message.text!r} was answered {count} times")

    def sends_for(self, message: Message) -> list[Send]:
        """Every call by which the bot sent the word back, refused ones included."""
        return sends(self._journal.read(), message.text)

    def calls_before_answer(self, message: Message) -> int:
        """How many message calls a bot makes for one message before the call that holds the answer (typing hints)."""
        entries = self._journal.read()
        said = next(entry["id"] for entry in entries if entry.get("message_id") == message.id)
        answer = sends(entries, message.text)[0].request
        return sum(
            said < entry["id"] < answer["id"] and entry["operation"] == answer["operation"]
            for entry in entries
            if entry["kind"] == "http.request"
        )

    def bot_is_away_during(self, *messages: Message) -> None:
        """No connection was there to carry them.

        Raises:
            Blocked: one was; the bot came back faster than the check could speak.
        """
        if any(message.delivered for message in messages):
            raise Blocked("the bot was back before anybody could speak", expected="a moment without a connection")

    # The platform

    def platform_announces_heartbeat(self, interval: Span) -> None:
        """HELLO will announce this interval, in the adapter's time."""
        self._control.settings(heartbeat_interval_ms=round(interval.seconds * 1000))

    def platform_misbehaves(self, *faults: Mapping[str, Any]) -> None:
        """From now on these faults, and no others."""
        self._begin()
        self._control.faults([dict(fault) for fault in faults])

    def platform_behaves(self) -> None:
        """No faults any more."""
        self._control.faults([])

    def platform_asks_to_reconnect(self, then_close: int | None) -> None:
        """Op 7 on every live connection; then the close, or none (None)."""
        self._begin()
        self._control.reconnect(then_close=then_close)

    def platform_closes(self, code: int) -> None:
        """Every live connection is closed with this code; its session lives on."""
        self._begin()
        self._control.close(code)

    def platform_stops_acknowledging(self) -> None:
        """Heartbeats get no ACK any more; sockets stay open."""
        self._begin()
        self._control.mute_acks(True)

    def platform_acknowledges_again(self) -> None:
        """Heartbeats get their ACK."""
        self._control.mute_acks(False)

    def platform_forgets_sessions(self) -> None:
        """Every session of the world is unknown from now on."""
        self._control.forget_sessions()

    def fault_fires(self, name: str, within: Span) -> Entry:
        """The first time a fault of this name had its effect.

        Raises:
            NotApplicable: the bot came online without ever meeting it.
            Unmet: neither.
        """
        entry = self._watch.occurs(
            {"kind": {"in": ["fault", "ws.out"]}},
            since=self._moment,
            within=within,
            such_that=lambda entry: entry.get("fault") == name or entry.get("t") == "READY",
        )
        if entry is None:
            raise Unmet(
                f"the process did not get that far within {within.adapter(self.speed):.0f} s of its clock",
                expected="the bot calls the platform",
            )
        if entry["kind"] != "fault":
            raise NotApplicable(f"the bot came online without meeting the fault {name!r}")
        return entry

    # What the bot does

    def session(self) -> Session:
        """The session that is live now, judged by the newest login.

        Raises:
            Broken: there is none; a check asked too early.
        """
        entries = self._journal.read()
        known = logins(entries)
        session = session_on(entries, known[-1].connection) if known else None
        if session is None:
            raise Broken("a check asked for the session of a bot that has none")
        return session

    def next_login(self, within: Span = pace.COMES_BACK) -> Login:
        """The next IDENTIFY or RESUME since the last hostile act, or since the login that was returned last.

        Raises:
            Unmet: there is none in time.
        """
        entry = self._watch.first(
            LOGINS, since=self._moment, within=within, expected="the bot logs in again (IDENTIFY or RESUME)"
        )
        self._moment = entry["id"]
        return Login.of(entry)

    def all_logins(self) -> list[Login]:
        """Every login so far."""
        return logins(self._journal.read())

    def leaves(self, connection: int, within: Span) -> None:
        """The bot gives a connection up: it closes it, or logs in on another.

        Raises:
            Unmet: it stays.
        """
        self._watch.first(
            {"kind": {"in": ["ws.close", "ws.in"]}},
            since=self._moment,
            within=within,
            such_that=lambda entry: _is_farewell(entry, connection),
            expected="the bot leaves the connection by itself",
        )

    def heartbeats(self, count: int, since: Entry, within: Span) -> list[Entry]:
        """The next `count` heartbeats on the connection of `since`.

        Raises:
            Unmet: one is missing altogether.
        """
        beats: list[Entry] = []
        while len(beats) < count:
            beat = self._watch.first(
                {**HEARTBEATS, "connection": since["connection"]},
                since=(beats[-1] if beats else since)["id"],
                within=within,
                expected=f"{count} heartbeats (op 1), one after the other",
            )
            beats.append(beat)
        return beats

    def bot_settles(self) -> None:
        """The next heartbeat is there, if the bot sends any: whatever it was doing before is done."""
        self._watch.occurs(HEARTBEATS, since=self._journal_end(), within=pace.SETTLES)

    def pauses_after(self, fault: str) -> list[float]:
        """Seconds from each answer of this fault to the next call of the gateway; the last refusal may have none."""
        entries = self._journal.read()
        calls = [entry for entry in entries if entry["kind"] == "http.request" and entry["operation"] in GATEWAY]
        refusals = [entry for entry in entries if entry["kind"] == "http.response" and entry["fault"] == fault]
        return [
            later[0]["at"] - refusal["at"]
            for refusal in refusals
            if (later := [call for call in calls if call["id"] > refusal["id"]])
        ]

    def prefer(self, holds: bool, expected: str, observed: object) -> None:
        """What the row recommends: when it does not hold, the check ends as a warning."""
        if not holds:
            self.remarks.append(f"{expected}; observed: {observed}")

    def is_applicable(self, applies: bool, otherwise: str) -> None:
        """Whether this bot can meet the scenario at all; `otherwise` says why not.

        Raises:
            NotApplicable: it cannot.
        """
        if not applies:
            raise NotApplicable(otherwise)

    # The harness

    @property
    def entries(self) -> list[Entry]:
        """The whole journal, up to date."""
        return self._journal.read()

    def _begin(self) -> None:
        """A hostile act begins: what the bot did before does not count as its reaction."""
        self._moment = self._journal_end()

    def _journal_end(self) -> int:
        self._journal.read()
        return self._journal.last


def _is_farewell(entry: Entry, connection: int) -> bool:
    if entry["kind"] == "ws.close":
        return bool(entry["connection"] == connection and entry["by"] == "client")
    return entry["op"] in (Op.IDENTIFY, Op.RESUME) and entry["connection"] != connection
