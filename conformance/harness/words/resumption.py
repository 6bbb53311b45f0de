"""RESUME: refused, unanswered, answered with more than was missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.journal import holds
from conformance.harness.judging import only_if, presuppose, require
from conformance.harness.words.bot import BotWords
from conformance.harness.words.platform import PlatformWords
from fakeqq.wire.close_codes import CloseCode

if TYPE_CHECKING:
    from conformance.harness.journal import Entry, Login, Message
    from conformance.harness.pace import Span

REFUSALS = {"op9": "invalid-session", "4006": "4006", "4902": "4902"}
"""How a RESUME is refused, and the emulator's word for it: op 9 `false` with close 4006 after it, or a bare close."""


class ResumeWords(BotWords, PlatformWords):
    """What becomes of a session after its connection."""

    def platform_repeats_what_was_handled(self) -> None:
        """A RESUME is answered with the event of its `seq`, too, and not only with those after it."""
        self._control.settings(switches={"replay": "overlap"})

    def platform_refuses_resumes(self, how: str) -> None:
        """The live sessions are forgotten; a RESUME of one is refused in this way (a key of `REFUSALS`)."""
        self._control.settings(switches={"resume_refusal": REFUSALS[how]})
        self._control.forget_sessions()

    def platform_ignores_resumes(self) -> None:
        """RESUME gets no answer at all; the socket stays open."""
        ignore = {"name": "silence", "on": "receive: RESUME", "nth": 1, "times": None, "do": [{"verb": "ignore"}]}
        self.platform_misbehaves(ignore)

    def platform_holds_messages(self) -> None:
        """Calls that send a message are taken, have no effect, and get no answer."""
        hang = {"name": "held", "on": "http: POST /v2/users/{openid}/messages", "times": None, "do": [{"verb": "hang"}]}
        self.platform_misbehaves(hang)

    def bot_sends(self, message: Message) -> None:
        """The bot has heard of a message, and is about to answer it.

        Raises:
            Blocked: it does not try to.
        """
        calls = {"kind": "http.request", "method": "POST"}
        call = self._watch.occurs(
            calls,
            since=message.entry_id,
            within=pace.ANSWERS,
            such_that=lambda entry: holds(entry.get("body"), message.text),
        )
        presuppose(call is not None, "a call with the answer", "the bot did not try to answer")

    def is_answered_after_all(self, message: Message) -> None:
        """The answer to a message comes, or has come, although there were reasons to lose it.

        Raises:
            Unmet: it does not come.
        """
        self._watch.first(
            {"kind": "user.sees", "text": {"contains": message.text}},
            since=message.entry_id,
            within=pace.FINISHES,
            expected=f"the message {message.text!r}, which was interrupted, is answered",
        )

    def resumes(self) -> Login:
        """The next login is RESUME.

        Raises:
            NotApplicable: it is IDENTIFY.
            Unmet: there is none in time.
        """
        login = self.next_login(within=pace.RETURNS)
        only_if(login.is_resume, f"the bot does not RESUME: {login}")
        return login

    def interrupted_bot_resumes(self) -> Login:
        """Close 4009, after which everybody may RESUME; as `resumes`."""
        self.platform_closes(CloseCode.SESSION_TIMED_OUT)
        return self.resumes()

    def holds(self, connection: int, during: Span) -> None:
        """The bot keeps a connection for so long.

        Raises:
            Unmet: it does not.
        """
        end = self._watch.passes({"kind": "ws.close", "connection": connection}, since=self._moment, during=during)
        self.is_running()
        left = None if end is None else end["id"]
        require(end is None, "the bot stays on the resumed connection", "it has left it", decisive=left)

    def deliveries_of(self, message: Message) -> int:
        """How many times a message was sent to the bot."""
        return sum(
            entry["kind"] == "ws.out" and entry["op"] == 0 and _message_id(entry) == message.id
            for entry in self._journal.read()
        )


def _message_id(dispatch: Entry) -> object:
    frame = dispatch.get("frame")
    data = frame.get("d") if isinstance(frame, dict) else None
    return data.get("id") if isinstance(data, dict) else None
