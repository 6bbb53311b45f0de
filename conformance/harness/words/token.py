"""The access token: how long it lives, who asks for it, and what is refused for want of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.journal import calls
from conformance.harness.judging import newest, oldest, only_if, require
from conformance.harness.words.bot import TOKEN_CALL, BotWords
from conformance.verdict import Unmet

if TYPE_CHECKING:
    from conformance.harness.journal import Entry, Message
    from conformance.harness.pace import Span
    from fakeqq.wire.eras import Era

TOKEN_REFUSALS = ("token_invalid", "token_missing", "fixed_token_disabled")
HELD_UP = "slow-token"


class TokenWords(BotWords):
    """One bot's tokens."""

    def tokens_live(self, life: Span) -> None:
        """Every token that is handed out from now on lives so long."""
        self._control.settings(token_lifetime=life.seconds)

    def platform_speaks_as_in(self, era: Era) -> None:
        """Refusals have the status and the words of this era."""
        self._control.settings(era=era.value)

    def tokens_are_revoked(self) -> None:
        """No token that was handed out so far is valid any more."""
        self._begin()
        self._control.revoke_tokens()

    def all_token_calls(self) -> list[Entry]:
        """Every call for a token so far."""
        return calls(self._journal.read(), TOKEN_CALL)

    def new_token_calls(self) -> list[Entry]:
        """Those since the last hostile act."""
        return calls(self._journal.since(self._moment), TOKEN_CALL)

    def refusals_of_tokens(self) -> list[Entry]:
        """Every answer since the last hostile act that refused a call for its token."""
        return [
            entry
            for entry in self._journal.since(self._moment)
            if entry["kind"] == "http.response" and entry["error"] in TOKEN_REFUSALS
        ]

    def no_call_is_refused_for_its_token(self) -> None:
        """None, since the last hostile act.

        Raises:
            Unmet: one is.
        """
        refused = self.refusals_of_tokens()
        told = "" if not refused else f"{refused[0]['operation']} met {refused[0]['status']} {refused[0]['error']}"
        require(not refused, "every call carries a token that lives", told, decisive=oldest(refused))

    def users_speak_until_the_token_is_dead(self, life: Span) -> None:
        """Messages in a steady rhythm, each of them answered; the last one is said when the first token's life is over.

        Raises:
            Unmet: one is not answered.
        """
        first = self.all_token_calls()[0]["id"]
        answers = (entry for entry in self.entries if entry["kind"] == "http.response" and entry["request"] == first)
        death = next(answers)["at"] + life.seconds
        is_over = False
        while not is_over:
            is_over = self._control.clock()["now"] > death
            self.answer_to(self.user_says())
            self._passes(pace.SEND_RHYTHM)

    def token_dies_in_silence(self, life: Span) -> None:
        """Nobody speaks until the newest token's life is over."""
        last = self.all_token_calls()[-1]
        left = last["at"] + life.seconds - self._control.clock()["now"]
        self._passes(pace.Span(max(left, 0), 0, life.reason))

    def platform_hands_tokens_out_slowly(self, delay: Span) -> None:
        """A call for a token is answered this much later."""
        self._begin()
        do = {"verb": "delay", "seconds": delay.seconds}
        self._control.faults([{"name": HELD_UP, "on": f"http: {TOKEN_CALL}", "nth": 1, "times": None, "do": [do]}])

    def many_users_speak(self, count: int) -> list[Message]:
        """So many different users say something, all in a moment."""
        users = [self._control.user()["openid"] for _ in range(count)]
        return [self.user_says(user=user) for user in users]

    def message_is_sent_again_once(self, message: Message) -> None:
        """The answer was refused for its token and sent once more, with one new token between; the user sees it once.

        Raises:
            Unmet: otherwise.
            NotApplicable: the bot had another token by then, so nothing was refused.
        """
        self._watch.first(
            {"kind": "user.sees", "text": {"contains": message.text}},
            since=message.entry_id,
            within=pace.ANSWERS,
            expected="after the refusal the message is sent again, with a new token",
        )
        self.answer_to(self.user_says())
        only_if(bool(self.refusals_of_tokens()), "no call was refused: the bot had a new token before it spoke")
        asked, tries, seen = self.new_token_calls(), self.sends_for(message), self.answers_to(message)
        require(len(asked) == 1, "one call for a new token", f"{len(asked)} calls", decisive=newest(asked))
        told = f"the message was sent {len(tries)} times"
        require(len(tries) <= 1 + 1, "one more try, and no other", told, decisive=tries[-1].id)
        require(len(seen) == 1, "the user sees the message once", f"{len(seen)} times", decisive=newest(seen))

    def _passes(self, time: Span) -> None:
        """Time passes, unless the process ends; then nothing of this matters any more.

        Raises:
            Unmet: the process has ended.
        """
        self._watch.passes({}, since=self._journal_end(), during=time, such_that=lambda _entry: False)
        if self._adapter.exit_status() is not None:
            raise Unmet("the process has ended", expected="the process survives")
