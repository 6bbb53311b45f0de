"""Events by HTTP: a bot that listens, and what is delivered to it."""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.harness import pace
from conformance.harness.adapter import describe_exit
from conformance.harness.journal import Journal, Message, sends
from conformance.harness.judging import require
from conformance.harness.words.people import PeopleWords
from conformance.verdict import Blocked, Broken, SetupFailed, Unmet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.harness.journal import Entry
    from conformance.harness.pace import Span
    from conformance.harness.watch import Watch
    from fakeqq.launch.control import WorldControl

    Outcome = Mapping[str, Any]

NOT_YET = frozenset({None, 404, 405, 500, 502, 503})
"""Statuses of an address whose owner is still getting ready; None is no answer at all."""

NOT_FOUND = 404

ECHOED = "你好 a/b"
"""What stands behind the word of a message whose spelling matters: other than ASCII, and a slash."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery that was made on purpose, and what the bot answered; `message` is what a user would have said."""

    message: Message
    status: int | None
    acked: bool
    why: str


class WebhookWords(PeopleWords):
    """A bot that is called instead of calling."""

    def bot_opens_its_webhook(self, environment: Mapping[str, str] | None = None) -> None:
        """The adapter's process is started by webhook, and listens; from then on events go there.

        Raises:
            Unmet: it does not listen.
            SetupFailed: the command turned out not to be executable.
        """
        self.started_at = float(self._control.clock(speed=self.speed)["now"])
        self._adapter.start(by_webhook=True, environment=environment or {})
        if not self._eventually(self._adapter.is_listening, within=pace.STARTS):
            status = self._adapter.exit_status()
            if self._adapter.could_not_run():
                raise SetupFailed(f"{describe_exit(status or 0)}: the command could not be run")
            observed = "nobody listens there" if status is None else describe_exit(status)
            raise Unmet(observed, expected="the bot listens on FAKEQQ_WEBHOOK_PORT")
        self._point_at_bot(self._control)

    def bot_listens(self) -> None:
        """The prerequisite of every hostile part: started by webhook, its address validated, and a message is answered.

        Raises:
            Blocked: it is not.
        """
        try:
            self.bot_opens_its_webhook()
            self.address_is_validated()
            self.answer_to(self.user_says())
        except Unmet as finding:
            raise Blocked(
                f"the bot was not well before the hostile part: {finding.observed}", expected=finding.expected
            ) from finding

    def listens_by_webhook(self) -> bool:
        """Whether a bot that is started by webhook listens; other bots log in, or end, or do nothing."""
        self.started_at = float(self._control.clock(speed=self.speed)["now"])
        self._adapter.start(by_webhook=True)
        return self._eventually(self._adapter.is_listening, within=pace.STARTS, unless=self._has_logged_in)

    def console_gives_the_secret(self, secret: str) -> None:
        """The bot's secret is this one; it is told so when it starts."""
        self._adapter.be_given(self._control.change_secret(secret))

    def address_is_validated(self) -> None:
        """Op 13 is answered with the right signature; an address that is not ready yet is asked again.

        Raises:
            Unmet: the answer is wrong.
        """
        answer: Outcome = {}

        def is_settled() -> bool:
            nonlocal answer
            answer = self._control.validate_webhook(timeout=self.patience)
            return bool(answer["valid"]) or answer["status"] not in NOT_YET

        self._eventually(is_settled, within=pace.OPENS)
        hint = f" at {self._adapter.webhook_url}; declare its webhook-path?" if answer["status"] == NOT_FOUND else ""
        require(answer["valid"], "op 13 is answered with `plain_token` and its signature", f"{answer['why']}{hint}")

    def somebody_asks_for_validation(self, tamper: str) -> Outcome:
        """Op 13 that is not the platform's; returns whether it was signed all the same."""
        return self._control.validate_webhook(tamper=tamper, timeout=self.patience)

    def platform_delivers(self, *, tamper: str | None = None, style: str | None = None) -> Delivered:
        """One delivery with a word that nobody said before: forged, or written otherwise, if asked."""
        text = f"ping{secrets.token_hex(4)} {ECHOED}" if style else f"ping{secrets.token_hex(4)}"
        last = self._journal_end()
        pushed = self._control.push(text, tamper=tamper, style=style, timeout=self.patience)
        said = Message(
            text=text.partition(" ")[0],
            id=pushed.get("message_id", ""),
            user=pushed.get("user", ""),
            delivered=1,
            entry_id=last,
        )
        return Delivered(said, pushed["status"], pushed["acked"], pushed["why"])

    def platform_delivers_again(self) -> Outcome:
        """The last event once more, with the same top-level `id`; returns what became of it."""
        return self._control.redeliver(timeout=self.patience)

    def platform_delivers_unknown_event(self) -> None:
        """An event of a type that nobody knows."""
        self._control.event("FAKEQQ_UNKNOWN_EVENT", {"id": "1", "nested": {"list": [None, {}]}})

    def platform_lets_sends_hang(self) -> None:
        """No call that sends a message to a user gets an answer any more."""
        self._begin()
        operations = ("POST /v2/users/{openid}/messages", "POST /v2/users/{openid}/stream_messages")
        hang: dict[str, Any] = {"nth": 1, "times": None, "do": [{"verb": "hang"}]}
        self._control.faults(
            [{"name": f"sends-hang-{number}", "on": f"http: {name}", **hang} for number, name in enumerate(operations)]
        )

    def first_answer_to_delivery(self, message: Message) -> Entry:
        """What became of the first delivery of what a user said.

        Raises:
            Broken: the platform does not say.
        """
        delivery = {"kind": "webhook.request", "purpose": "event", "body": {"contains": message.text}}
        request = self._watch.occurs(delivery, since=message.entry_id, within=pace.DELIVERY_ENDS)
        if request is None:
            raise Broken("the platform did not deliver what was said")
        answer = {"kind": "webhook.response", "request": request["id"]}
        entry = self._watch.occurs(answer, since=request["id"], within=pace.DELIVERY_ENDS)
        if entry is None:
            raise Broken("the platform did not say what became of its delivery")
        return entry

    def gave_up_sending(self, message: Message, *, before: Entry) -> bool:
        """Whether a send of the word had ended before this entry; one that hangs ends when the bot hangs up."""
        ended = (send.response for send in sends(self._journal.read(), message.text))
        return any(response is not None and response["id"] < before["id"] for response in ended)

    def was_acted_on(self, delivered: Delivered) -> bool:
        """Whether the bot sent the word back, or tried to."""
        return bool(sends(self._journal.read(), delivered.message.text))

    def channel_member_says(self) -> Message:
        """A member of a guild says a word to the bot in a channel."""
        text = f"ping{secrets.token_hex(4)}"
        last = self._journal_end()
        said = self._control.say(text, scene="channel")
        return Message(text=text, id=said["message_id"], user=said["user"], delivered=said["delivered"], entry_id=last)

    @contextmanager
    def second_bot(self) -> Iterator[SecondBot]:
        """A bot beside the first: the same program, the same address, another app id and secret."""
        control = self._control.neighbour()
        try:
            yield SecondBot(self, control)
        finally:
            control.delete()

    def open_for_both(self, second: SecondBot) -> None:
        """The adapter is started by webhook with the credentials of both bots; both have its address.

        Raises:
            Unmet: it does not listen.
        """
        credentials = {"FAKEQQ_APP_ID_2": second.control.app_id, "FAKEQQ_SECRET_2": second.control.secret or ""}
        self.bot_opens_its_webhook(credentials)
        second.control.clock(speed=self.speed)
        self._point_at_bot(second.control)

    def watch_on(self, control: WorldControl) -> Watch:
        """Waits on another bot's journal."""
        return self._watch.on(control)

    @property
    def patience(self) -> float:
        """Real seconds for a call that delivers something: the bot's time to answer, and the machine's."""
        return self._here(pace.ACKNOWLEDGES).real(self.speed) + pace.STARTS.machine

    def _here(self, span: Span) -> Span:
        """A span on this machine."""
        return span.on(self._watch.slowness)

    def _point_at_bot(self, control: WorldControl) -> None:
        url = self._adapter.webhook_url
        if url is None:
            raise Broken("the adapter was not started by webhook")
        control.webhook(url, timeout=self._here(pace.ACKNOWLEDGES).adapter(self.speed))

    def _has_logged_in(self) -> bool:
        return any(entry["kind"] == "ws.in" for entry in self._journal.read())

    def _eventually(
        self, condition: Callable[[], bool], *, within: Span, unless: Callable[[], bool] = lambda: False
    ) -> bool:
        """Whether something comes true that no journal tells; looked at whenever the bot calls, and in between."""
        deadline = time.monotonic() + self._here(within).real(self.speed)
        while not condition():
            if time.monotonic() >= deadline or self._adapter.exit_status() is not None or unless():
                return False
            self._watch.passes({"kind": "http.request"}, since=self._journal_end(), during=pace.GLANCE)
        return True


class SecondBot:
    """The other bot of one program, and its world."""

    def __init__(self, world: WebhookWords, control: WorldControl) -> None:
        self.control = control
        self._watch = world.watch_on(control)
        self._journal = Journal(control)
        self._patience = world.patience

    def is_validated(self) -> None:
        """Op 13 under its app id is answered with its secret.

        Raises:
            Unmet: it is not.
        """
        answer = self.control.validate_webhook(timeout=self._patience)
        require(answer["valid"], "op 13 for the second bot is signed with the second bot's secret", answer["why"])

    def is_served(self) -> bool:
        """Its secret signs its op 13, or its credentials are used when a user of its own speaks."""
        if self.control.validate_webhook(timeout=self._patience)["valid"]:
            return True
        self.control.say("ping")
        return self._watch.occurs({"kind": "http.request"}, since=0, within=pace.PROBE) is not None

    def is_spoken_to_and_answers(self) -> None:
        """A user of its own says a word, and sees it again.

        Raises:
            Unmet: there is no answer.
        """
        text = f"ping{secrets.token_hex(4)}"
        self.control.say(text)
        self._watch.first(
            {"kind": "user.sees", "text": {"contains": text}},
            since=0,
            within=pace.ANSWERS,
            expected="the second bot answers what its own user says",
        )

    def refuses_the_others_signature(self) -> None:
        """An event under its app id that the first bot's secret signed is not acted on.

        Raises:
            Unmet: it is.
        """
        text = f"ping{secrets.token_hex(4)}"
        self.control.push(text, tamper="neighbour-key", timeout=self._patience)
        self.is_spoken_to_and_answers()
        acted = sends(self._journal.read(), text)
        require(not acted, "an event signed with the other bot's secret is not acted on", "it was answered")
