"""Streamed answers: asking for one, waiting until it has been told, and what went wrong on the way."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from conformance.harness import pace
from conformance.harness.adapter import describe_exit
from conformance.harness.journal import Message
from conformance.harness.judging import only_if, require
from conformance.harness.streams import Ask, Part, Reading, parts_of, reading, squeezed, streams
from conformance.harness.words.people import PeopleWords

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.harness.journal import Entry

ANY_PART = "stream: *"
"""The moment of a part of a stream, in either dialect."""


class StreamWords(PeopleWords):
    """Commands of the adapter contract that are answered piece by piece."""

    def user_asks(self, command: str, pieces: int, *, user: str | None = None, group: str | None = None) -> Ask:
        """A user gives a command whose answer has so many numbered pieces, to the bot alone or in a group."""
        text = f"{command} ping{secrets.token_hex(4)}"
        last = self._journal_end()
        said = self._control.say(text, user=user, group=group)
        message = Message(
            text=text, id=said["message_id"], user=said["user"], delivered=said["delivered"], entry_id=last
        )
        numbers = (f"({number}/{pieces})" for number in range(1, pieces + 1))
        return Ask(message, group or said["user"], (squeezed(text), *numbers))

    def another_user(self) -> str:
        """Somebody who has not spoken yet."""
        return str(self._control.user()["openid"])

    def a_group(self) -> str:
        """A group with the bot in it."""
        return str(self._control.group()["group_openid"])

    def platform_wants_newlines(self) -> None:
        """Every markdown chunk has to end with a newline, as the table of error codes says."""
        self._control.settings(switches={"s1_newline": "every"})

    def platform_takes_a_second_stream(self) -> None:
        """Whether a user's second stream is taken while the first is open is contested; here it is."""
        self._control.settings(switches={"s1_second_stream": "allowed", "s2_second_stream": "allowed"})

    def a_part_meets(self, nth: int, verb: Mapping[str, Any], times: int | None = 1) -> None:
        """From now on: what becomes of the `nth` part of a stream, and of `times` of them (None: of all others)."""
        self._begin()
        self._control.faults([{"name": "stream", "on": ANY_PART, "nth": nth, "times": times, "do": [dict(verb)]}])

    def told(self, ask: Ask, *, until_closed: bool = True) -> Reading:
        """What the user has read when the bot has nothing more to say: all of it, or the bot has fallen silent.

        A later message is answered first, so that a second telling has had its time. That answer is not judged here.

        Raises:
            Unmet: the process has ended.
        """
        self._until_told(ask)
        if until_closed and self.reads(ask).is_open:
            self._watch.occurs(
                {"kind": {"in": ["user.stream", "user.sees"]}},
                since=ask.message.entry_id,
                within=pace.STREAM_ENDS,
                such_that=lambda _: not self.reads(ask).is_open,
            )
        later = self.user_says()
        where = {"kind": "user.sees", "text": {"contains": later.text}}
        self._watch.occurs(where, since=later.entry_id, within=pace.STREAM_SILENCE)
        status = self._adapter.exit_status()
        require(status is None, "the process survives", describe_exit(status or 0))
        return self.reads(ask)

    def reads(self, ask: Ask) -> Reading:
        """What the user has read so far."""
        return reading(self._journal.read(), ask)

    def finally_reads(self, ask: Ask) -> Reading:
        """What is left when the time of every open stream is over: of an open stream of chunks, the first of them."""
        self._control.clock(advance=pace.STREAM_LIFE.seconds)
        return self.reads(ask)

    def parts(self, ask: Ask) -> list[Part]:
        """Every part of a stream that was sent in answer, refused ones included."""
        return parts_of(self._journal.read(), ask)

    def streamed_parts(self, ask: Ask) -> list[Part]:
        """The same, where there has to be a stream for the row to mean anything.

        Raises:
            NotApplicable: no stream was begun, which is for another row to judge.
        """
        parts = self.parts(ask)
        only_if(any(bubble.streamed for bubble in self.reads(ask).bubbles), "the platform took no part of a stream")
        return parts

    def the_fault_was_met(self) -> None:
        """A part of a stream met it.

        Raises:
            NotApplicable: the bot sent too few of them.
        """
        met = any(entry["kind"] == "fault" and entry["moment"].startswith("stream: ") for entry in self.entries)
        only_if(met, "its streams have too few parts to meet the fault")

    def answered_whole(self, ask: Ask, *, until_closed: bool = True) -> Reading:
        """The user has read all of it, once and in order.

        Raises:
            Unmet: something is missing, was repeated, or came in another order.
        """
        told = self.told(ask, until_closed=until_closed)
        is_whole(told)
        return told

    def _until_told(self, ask: Ask) -> None:
        """Until every piece is there, or nothing has happened for a while."""
        cursor, patience = ask.message.entry_id, pace.ANSWERS
        begun = None
        while self.reads(ask).missing:
            news = self._watch.occurs(
                {"kind": {"in": ["http.request", "user.stream", "user.sees"]}},
                since=cursor,
                within=patience,
                such_that=lambda entry: entry["kind"] != "http.request" or entry["method"] == "POST",
            )
            if news is None:
                return
            begun = news["at"] if begun is None else begun
            if news["at"] - begun > pace.STREAM_LONGEST.adapter(self.speed):
                return
            cursor, patience = news["id"], pace.STREAM_SILENCE


def is_whole(told: Reading) -> None:
    """Everything was read, once and in order.

    Raises:
        Unmet: it was not.
    """
    expected = f"the whole text once: {' '.join(told.ask.tokens)}"
    require(not told.repeated, expected, f"{', '.join(told.repeated)} more than once: {told}", decisive=told.id)
    require(not told.missing, expected, f"{', '.join(told.missing)} missing: {told}", decisive=told.id)
    require(told.in_order, expected, f"another order: {told}", decisive=told.id)


def streams_in_group(entries: list[Entry], ask: Ask) -> list[Entry]:
    """Requests for the group that carry a `stream`, or go to a route of streams."""
    return [
        entry
        for entry in entries
        if entry["kind"] == "http.request" and ask.openid in str(entry["path"]) and streams(entry)
    ]
