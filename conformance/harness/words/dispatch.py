"""Events of every kind: said in five scenes, said twice, said while a handler hangs, and never heard of before."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from conformance.harness import pace
from conformance.harness.journal import Message, holds, sends
from conformance.harness.judging import presuppose, require
from conformance.harness.words.bot import HEARTBEATS
from conformance.harness.words.sending import C2C_SEND, POSTS, SendingWords
from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.harness.journal import Entry

PAIR = 2
"""Heartbeats that make one interval."""


class DispatchWords(SendingWords):
    """What people say in ways that a bot has to bear."""

    def user_says_in(self, scene: str) -> Message:
        """A user speaks to the bot in C2C, in a group, in a channel (each with an @ of the bot), or in a DM."""
        return self._said(f"ping{secrets.token_hex(4)}", scene=scene)

    def user_says_more(self, text: str = "", **more: Any) -> Message:
        """A user says a word that nobody said before, with more text behind it, a quote, faces, odd fields."""
        word = f"ping{secrets.token_hex(4)}"
        return self._said(word, then=text, **more)

    def somebody_else_says(self) -> Message:
        """A user who never spoke before says a word."""
        return self._said(f"ping{secrets.token_hex(4)}", user=self._control.user()["openid"])

    def is_answered_where_it_was_said(self, message: Message) -> None:
        """The answer comes in the chat of the message and names it; no second one follows.

        Raises:
            Unmet: it goes elsewhere, answers something else, or does not come.
        """
        said = next(entry for entry in self.entries if entry.get("message_id") == message.id)
        last = self.tries(message)[-1]
        require(last.accepted, f"an answer in {_chat(said['scene'], said['openid'])}", last)
        seen = self.answer_to(message)
        here, there = (said["scene"], said["openid"]), (seen["scene"], seen["openid"])
        wanted, told = f"an answer in {_chat(*here)}, where it was said", f"one in {_chat(*there)}"
        require(here == there, wanted, told, decisive=seen["id"])
        wanted, told = f"a reply with msg_id {message.id}", f"msg_id {seen['reply_to']}"
        require(seen["reply_to"] == message.id, wanted, told, decisive=seen["id"])
        self.each_is_answered_once(message)

    def platform_repeats(self, message: Message) -> None:
        """The event of this message comes again, the same in everything but its `s`."""
        entry = next(entry for entry in self.entries if entry["kind"] == "ws.out" and _carries(entry, message))
        self._begin()
        self._control.event(entry["t"], entry["frame"]["d"], entry["frame"]["id"])

    def is_handled_once(self, message: Message, usual: Message) -> None:
        """When another message has been answered, the bot has made as many calls for this one as for a usual one.

        The platform itself recognises a second reply with the same `msg_seq`; so what counts is what the bot sends.

        Raises:
            Unmet: it has made more.
        """
        self.answer_to(message)
        self.answer_to(self.user_says())
        calls, fair = self.sends_for(message), len(self.sends_for(usual))
        expected = f"the message is handled once: {fair} calls with its answer"
        require(len(calls) <= fair, expected, f"{len(calls)} calls with it", decisive=calls[-1].id)

    def event_arrives(self, event_type: str, data: Mapping[str, Any] | None) -> None:
        """Any event, of any type."""
        self._begin()
        self._control.event(event_type, data)

    def goes_on_after(self, what: str) -> None:
        """The process survives, a message is answered, and the bot has not logged in again.

        Raises:
            Unmet: one of these does not hold.
        """
        self.answer_to(self.user_says())
        logins = [
            entry
            for entry in self._journal.since(self._moment)
            if entry["kind"] == "ws.in" and entry["op"] in (Op.IDENTIFY, Op.RESUME)
        ]
        left = logins[0]["id"] if logins else None
        told = f"the bot logged in again, {len(logins)} times"
        require(not logins, f"the connection stays after {what}", told, decisive=left)
        self.is_running()

    def a_reply_hangs(self) -> Entry:
        """The reply to one more message is taken and never answered; returns that call.

        Raises:
            Unmet: there is no such call.
        """
        self.replies_meet("never-answered", {"verb": "hang"})
        stuck = self.user_says()
        call = self._watch.first(
            POSTS,
            since=stuck.entry_id,
            within=pace.SENDS,
            such_that=lambda entry: entry["operation"] == C2C_SEND and holds(entry.get("body"), stuck.text),
            expected="the bot sends its answer",
        )
        met = self._watch.occurs({"kind": "fault", "request": call["id"]}, since=call["id"] - 1, within=pace.ANSWERS)
        presuppose(met is not None, "the reply is never answered", "another call of the bot was not answered")
        return call

    def gave_up_at(self, call: Entry) -> int | None:
        """The journal's id of the moment when the bot stopped to wait for this call; None while it waits."""
        ends = (entry for entry in self.entries if entry["kind"] == "http.response" and entry["request"] == call["id"])
        return next((entry["id"] for entry in ends), None)

    def first_calls_for(self, *messages: Message) -> list[Entry]:
        """The first call with the answer to each."""
        return [sends(self.entries, message.text)[0].request for message in messages]

    def beats_on_after(self, entry: Entry) -> tuple[float, float]:
        """Seconds from this to the next heartbeat, and from that to the one after it: the bot's own rhythm.

        Raises:
            Unmet: there are no two.
        """
        beats: list[Entry] = []
        while len(beats) < PAIR:
            since = beats[-1] if beats else entry
            beats.append(
                self._watch.first(HEARTBEATS, since=since["id"], within=pace.SETTLES, expected="heartbeats go on")
            )
        first, second = beats
        return first["at"] - entry["at"], second["at"] - first["at"]

    def _said(self, word: str, *, then: str = "", **how: Any) -> Message:
        last = self._journal_end()
        said = self._control.say(word + then, **how)
        return Message(text=word, id=said["message_id"], user=said["user"], delivered=said["delivered"], entry_id=last)


def _carries(entry: Entry, message: Message) -> bool:
    frame = entry["frame"]
    data = frame.get("d") if isinstance(frame, dict) else None
    return isinstance(data, dict) and data.get("id") == message.id


def _chat(scene: str, openid: str) -> str:
    return f"{scene} {openid}"
