"""What becomes of the bot's replies: how the platform treats them, and what the bot tries then."""

from __future__ import annotations

import itertools
import secrets
from typing import TYPE_CHECKING, Any

from conformance.harness import pace
from conformance.harness.journal import Message, Send, holds, sends
from conformance.harness.judging import newest, only_if, presuppose, require
from conformance.harness.words.bot import BotWords
from conformance.harness.words.platform import PlatformWords

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.harness.journal import Entry
    from conformance.harness.pace import Span

C2C_SEND = "POST /v2/users/{openid}/messages"
POSTS = {"kind": "http.request", "method": "POST"}
MEDIA = 7


class SendingWords(BotWords, PlatformWords):
    """Replies and what they meet."""

    def user_commands(self, command: str) -> Message:
        """A user asks for one of the things of the adapter contract, with a word that nobody said before."""
        word = f"ask{secrets.token_hex(4)}"
        last = self._journal_end()
        said = self._control.say(f"{command} {word}")
        return Message(text=word, id=said["message_id"], user=said["user"], delivered=said["delivered"], entry_id=last)

    def replies_meet(self, name: str, *verbs: Mapping[str, Any], times: int | None = 1) -> None:
        """The next `times` replies (None: all of them) meet this; what the bot posts before a reply does not.

        Raises:
            Unmet: an ordinary message, which shows how the bot replies, is not answered.
            NotApplicable: its replies go another way than messages do.
        """
        usual = self.user_says()
        self.answer_to(usual)
        only_if(self.sends_for(usual)[0].request["operation"] == C2C_SEND, "its replies are no ordinary messages")
        self._sends_meet(name, verbs, nth=1 + self.calls_before_answer(usual), times=times)

    def replies_name_what_they_answer(self) -> None:
        """An ordinary message is answered with its `msg_id`.

        Raises:
            Unmet: it is not answered.
            NotApplicable: the answer names nothing, so that whatever is wrong with a `msg_id` does not concern the bot.
        """
        usual = self.user_says()
        self.answer_to(usual)
        only_if(self.sends_for(usual)[0].msg_id is not None, "its replies carry no msg_id")

    def pictures_meet(self, name: str, *verbs: Mapping[str, Any]) -> None:
        """The next message that shows a picture meets this.

        Raises:
            Unmet: a picture that is asked for does not come.
            NotApplicable: pictures go another way than messages do, or answer nothing.
        """
        usual = self.user_commands("image")
        self._watch.first(
            {"kind": "user.sees", "msg_type": MEDIA},
            since=usual.entry_id,
            within=pace.ANSWERS,
            expected="the bot answers with a picture",
        )
        calls = [call for call in sends(self._journal.since(usual.entry_id), "") if _is_message(call.request)]
        pictures = [call for call in calls if call.msg_type == MEDIA]
        only_if(bool(pictures) and pictures[0].msg_id is not None, "its pictures carry no msg_id that could be stale")
        self._sends_meet(name, verbs, nth=1 + calls.index(pictures[0]), times=1)

    def bot_keeps_connections(self) -> None:
        """Several messages at once, whose answers the platform delays: each takes a connection of its own."""
        self._sends_meet(
            "slow",
            ({"verb": "delay", "seconds": pace.SIDE_BY_SIDE.adapter(self.speed)},),
            nth=1,
            times=pace.PARALLEL_SENDS,
        )
        for message in [self.user_says() for _ in range(pace.PARALLEL_SENDS)]:
            self.tries(message, at_most=1)

    def kept_connections_die(self, how: str) -> None:
        """Every HTTP connection that the bot keeps open is dead: `reset` at once, or `eof` to its next request.

        Raises:
            NotApplicable: it keeps none.
        """
        self._begin()
        count = self._control.stale_http(how)["connections"]
        only_if(count > 0, "it keeps no HTTP connection open")

    def tries(
        self,
        message: Message,
        at_most: int | None = None,
        within: Span = pace.TRIES_AGAIN,
        expected: str = "the bot sends its answer",
    ) -> list[Send]:
        """The calls by which the bot sends the word back: until one is accepted, or no further one follows in time.

        Raises:
            Unmet: there is not even a first one.
        """

        def has_the_word(call: Entry) -> bool:
            return holds(call.get("body"), message.text)

        return self._tries(message, has_the_word, at_most=at_most, within=within, expected=expected)

    def picture_tries(self, message: Message) -> list[Send]:
        """The messages by which the bot shows the picture that was asked for, as `tries`."""
        return self._tries(message, lambda call: _is_message(call) and Send(call, None).msg_type == MEDIA)

    def replies_to(self, message: Message, at_most: int) -> list[Send]:
        """All calls that name this message, refused ones included, until no further one follows.

        Raises:
            Unmet: there is not even a first one.
        """
        return self._tries(
            message,
            lambda call: Send(call, None).msg_id == message.id,
            at_most=at_most,
            within=pace.NEXT_PART,
            until_accepted=False,
        )

    def meets_the_trouble(self, tries: list[Send]) -> None:
        """The first try is the one that the platform treated in its own way.

        Raises:
            Blocked: another call of the bot was.
        """
        presuppose(not tries[0].accepted, "the reply meets the trouble", "the trouble hit another call of the bot")

    def arrives_once(self, message: Message, tries: list[Send], after: str) -> None:
        """One of the tries was accepted; when another message has been answered too, the user has seen the word once.

        Raises:
            Unmet: it did not arrive, or it arrived twice.
        """
        require(
            tries[-1].accepted,
            f"after {after} the text is sent again, and arrives",
            f"number of tries: {len(tries)}; none was accepted, and no further one came",
            decisive=tries[-1].id,
        )
        self.answer_to(self.user_says())
        seen, once = self.answers_to(message), f"after {after} the user sees the text exactly once"
        require(len(seen) == 1, once, f"it was seen {len(seen)} times", decisive=newest(seen))

    def pauses_between(self, tries: list[Send]) -> list[float]:
        """Seconds of the adapter's clock from each answer to the next try."""
        return [
            later.request["at"] - (earlier.response or earlier.request)["at"]
            for earlier, later in itertools.pairwise(tries)
        ]

    def user_sees_words(self, words: str, since: Message) -> bool:
        """Whether a message with these words reaches the user."""
        where = {"kind": "user.sees", "text": {"contains": words}}
        return self._watch.occurs(where, since=since.entry_id, within=pace.LAST_WORD) is not None

    def pictures_seen(self, since: Message) -> int:
        """How many messages with a picture the user has seen by now."""
        entries = self._journal.since(since.entry_id)
        return sum(entry["kind"] == "user.sees" and entry["msg_type"] == MEDIA for entry in entries)

    def platform_behaves(self) -> None:
        """From now on no faults."""
        self.platform_misbehaves()

    def platform_decides(self, **switches: str) -> None:
        """Rules on which sources disagree, and permissions of the bot: from now on so."""
        self._control.settings(switches=switches)

    def platform_is_of(self, era: str) -> None:
        """The platform answers as in this era."""
        self._control.settings(era=era)

    def _sends_meet(self, name: str, verbs: tuple[Mapping[str, Any], ...], *, nth: int, times: int | None) -> None:
        do = [dict(verb) for verb in verbs]
        self.platform_misbehaves({"name": name, "on": f"http: {C2C_SEND}", "nth": nth, "times": times, "do": do})

    def _tries(  # noqa: PLR0913 - what is looked for, and how long
        self,
        message: Message,
        wanted: Callable[[Entry], bool],
        *,
        at_most: int | None = None,
        within: Span = pace.TRIES_AGAIN,
        until_accepted: bool = True,
        expected: str = "the bot sends its answer",
    ) -> list[Send]:
        calls: list[Send] = []
        request: Entry | None = self._watch.first(
            POSTS, since=message.entry_id, within=pace.SENDS, such_that=wanted, expected=expected
        )
        while request is not None:
            answer = {"kind": "http.response", "request": request["id"]}
            response = self._watch.occurs(answer, since=request["id"], within=pace.ANSWERS)
            calls.append(Send(request, response))
            if len(calls) == at_most or (calls[-1].accepted and until_accepted):
                break
            request = self._watch.occurs(POSTS, since=request["id"], within=within, such_that=wanted)
        return calls


def _is_message(call: Entry) -> bool:
    return bool(call["operation"] == C2C_SEND)
