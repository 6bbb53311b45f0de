"""What users say, and what they see of the bot."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.journal import Message, Send, sends, sights
from conformance.harness.judging import presuppose, require
from conformance.harness.words.stage import Stage

if TYPE_CHECKING:
    from conformance.harness.journal import Entry


class PeopleWords(Stage):
    """Messages and their answers."""

    def user_says(self, user: str | None = None) -> Message:
        """A user says a word that nobody said before, to the bot alone; the world's usual user, or this one."""
        text = f"ping{secrets.token_hex(4)}"
        last = self._journal_end()
        said = self._control.say(text, user=user)
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

    def answers_to(self, message: Message) -> list[Entry]:
        """All such messages by now."""
        return sights(self._journal.read(), message.text)

    def each_is_answered_once(self, *messages: Message) -> None:
        """Every one of them has its answer; when a later message has been answered too, none has a second.

        Raises:
            Unmet: one is not answered, or is answered twice.
        """
        for message in messages:
            self.answer_to(message)
        self.answer_to(self.user_says())
        for message in messages:
            seen = self.answers_to(message)
            told = f"{message.text!r} was answered {len(seen)} times"
            require(len(seen) == 1, "each message is answered exactly once", told, decisive=seen[-1]["id"])

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
        nobody = not any(message.delivered for message in messages)
        presuppose(nobody, "a moment without a connection", "the bot was back before anybody could speak")
