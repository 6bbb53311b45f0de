"""What the bot does: it is started, comes online, stays, leaves, logs in again."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from conformance.harness import pace
from conformance.harness.adapter import describe_exit
from conformance.harness.journal import Login, Session, calls, logins, session_on, sights
from conformance.harness.judging import require
from conformance.harness.speed import FAST
from conformance.harness.words.people import PeopleWords
from conformance.verdict import Blocked, Broken, Unmet
from fakeqq.wire.hosts import TOKEN_PATH
from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.harness.journal import Entry
    from conformance.harness.pace import Span

TOKEN_CALL = f"POST {TOKEN_PATH}"
GATEWAY = ("GET /gateway", "GET /gateway/bot")
LOGINS = {"kind": "ws.in", "op": {"in": [Op.IDENTIFY.value, Op.RESUME.value]}}
HEARTBEATS = {"kind": "ws.in", "op": Op.HEARTBEAT.value}


class Pause(NamedTuple):
    """A time in which the bot did not ask: seconds of the adapter's clock, and the id of the call that ended it."""

    seconds: float
    ended_by: int


class BotWords(PeopleWords):
    """The process, its connections and its sessions."""

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
        self.bot_answers()
        return online

    def bot_answers(self) -> None:
        """A user says a word, and it is answered.

        A hurried clock leaves little of a time-out: 5 s of a client's are 50 real milliseconds at a hundred times the
        speed, which a busy machine needs for one handshake. There, a message that was lost is followed by another.

        Raises:
            Unmet: there is no answer.
        """
        for _ in range(pace.HURRIED_MESSAGES - 1 if self.speed > FAST else 0):
            with suppress(Unmet):
                self.answer_to(self.user_says())
                return
        self.answer_to(self.user_says())

    def is_running(self) -> None:
        """The adapter's process is alive.

        Raises:
            Unmet: it has ended.
        """
        status = self._adapter.exit_status()
        require(status is None, "the process survives", describe_exit(status or 0))

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

    def all_sockets(self) -> list[Entry]:
        """Every WebSocket that the bot has opened so far, by its first entry."""
        return [entry for entry in self._journal.read() if entry["kind"] == "ws.open"]

    def leaves(self, connection: int, within: Span) -> Entry:
        """The bot gives a connection up: it closes it, or logs in on another; returns that entry.

        Raises:
            Unmet: it stays.
        """
        return self._watch.first(
            {"kind": {"in": ["ws.close", "ws.in"]}},
            since=self._moment,
            within=within,
            such_that=lambda entry: is_farewell(entry, connection),
            expected="the bot leaves the connection by itself",
        )

    def stays(self, connection: int) -> None:
        """A user's message is answered, and the bot keeps the connection on which it came.

        Raises:
            Unmet: the bot leaves the connection, or does not answer.
        """
        since = self._journal_end()
        message = self.user_says()
        entry = self._watch.first(
            {"kind": {"in": ["user.sees", "ws.close", "ws.in"]}},
            since=since,
            within=pace.ANSWERS,
            such_that=lambda entry: bool(sights([entry], message.text)) or is_farewell(entry, connection),
            expected=f"the message {message.text!r} is answered on the connection on which it came",
        )
        stayed, expected = entry["kind"] == "user.sees", f"the bot stays on connection {connection}"
        require(stayed, expected, "the bot has left it", decisive=entry["id"])

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

    def pauses_after(self, fault: str, of: Sequence[str] = GATEWAY) -> list[Pause]:
        """From each answer of this fault to the next such call; the last refusal may have none."""
        entries = self._journal.read()
        asked = calls(entries, *of)
        refusals = [entry for entry in entries if entry["kind"] == "http.response" and entry["fault"] == fault]
        return [
            Pause(later[0]["at"] - refusal["at"], ended_by=later[0]["id"])
            for refusal in refusals
            if (later := [call for call in asked if call["id"] > refusal["id"]])
        ]


def is_farewell(entry: Entry, connection: int) -> bool:
    if entry["kind"] == "ws.close":
        return bool(entry["connection"] == connection and entry["by"] == "client")
    return entry["op"] in (Op.IDENTIFY, Op.RESUME) and entry["connection"] != connection
