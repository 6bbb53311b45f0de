"""Webhook push of one world: which deliveries are due, what an answer to one means, what is delivered again.

The shell sends what `take_deliveries` returns, reports each outcome to `answered`, stops what `take_cancelled` names
and calls `tick` at `next_deadline`. A delivery that is not acknowledged is made again, with the same body and so the
same top-level `id`, and a new timestamp and signature (https://github.com/AstrBotDevs/AstrBot/issues/5788).
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from fakeqq.core.errors import ControlError
from fakeqq.core.webhooks import addresses, mishaps, styles, tampering, webhook_answers
from fakeqq.core.webhooks.parcels import Delivery, Parcel, Promised, Purpose
from fakeqq.core.webhooks.signatures import Signer
from fakeqq.core.webhooks.tampering import Tamper
from fakeqq.core.webhooks.webhook_answers import Answer, NoAnswer, Verdict
from fakeqq.wire import limits, webhooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fakeqq.core.clock import Instant
    from fakeqq.core.gateway.sessions import Event
    from fakeqq.core.webhooks.styles import Style
    from fakeqq.core.world import World

# Deliveries of one world under way at a time, and waiting behind them. Our choice: no source says.
CONCURRENCY = 8
WAITING_LIMIT = 10_000

Transport = Literal["websocket", "webhook", "both"]


class WebhookSettings(BaseModel):
    """Where a world's events go besides its sessions, or instead of them; times in seconds at the world's speed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[str, Field(min_length=1, max_length=2000)]
    transport: Transport = "webhook"
    timeout: Annotated[float, Field(gt=0, le=600, description="until a delivery counts as not acknowledged")] = float(
        limits.WEBHOOK_TIMEOUT.value
    )
    retry_after: Annotated[float, Field(ge=0, le=86_400, description="between two deliveries of one event")] = float(
        limits.WEBHOOK_RETRY_AFTER.value
    )
    deliveries: Annotated[int, Field(ge=1, le=100, description="of one event, when none is acknowledged")] = int(
        limits.WEBHOOK_DELIVERIES.value
    )


def _unrepeated(purpose: Purpose) -> Purpose:
    return Purpose.STAGED if purpose is Purpose.EVENT else purpose


def _nobody(_: Webhook) -> None:
    """Nobody listens until a platform holds the world."""


def _none(_webhook: Webhook, _url: str) -> tuple[tuple[str, str], ...]:
    return ()


@dataclass(slots=True, eq=False)
class Webhook:
    """The webhook of one world; without settings it takes nothing.

    Attributes:
        on_output: called when there is something to send or to stop, or an earlier deadline.
        neighbours: app id and secret of other bots that have this address.
        anywhere: whether the address may be another machine's.
    """

    world: World
    on_output: Callable[[Webhook], None] = _nobody
    neighbours: Callable[[Webhook, str], Iterable[tuple[str, str]]] = _none
    anywhere: bool = False
    settings: WebhookSettings | None = None
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _waiting: deque[Parcel] = field(default_factory=deque)
    _later: list[tuple[float, int, Parcel]] = field(default_factory=list)
    _swapped: list[Parcel] = field(default_factory=list)
    _in_flight: dict[int, Delivery] = field(default_factory=dict)
    _cancelled: list[int] = field(default_factory=list)
    _last: Delivery | None = None

    # -- what tests ask -------------------------------------------------------------------------------------------

    def configure(self, settings: WebhookSettings) -> None:
        """Push to this address from now on; what waits goes there too.

        Raises:
            ControlError: the address is not a URL or not on this machine, or the bot has no secret to sign with yet.
        """
        addresses.check(settings.url, anywhere=self.anywhere)
        if not self.world.secret:
            raise ControlError("no_secret", "this bot has no secret yet; pushes are signed with it", status=409)
        self.settings = settings
        self.on_output(self)

    def stop(self, now: Instant) -> None:
        """Nothing is delivered any more; what waits and what is under way is given up."""
        given_up = Verdict(False, "given up: the webhook was removed")
        for delivery in self._in_flight.values():
            self._note_response(delivery.parcel, delivery.entry, NoAnswer(given_up.why), given_up, None, now)
        for parcel in (*self._waiting, *self._swapped, *(parcel for _, _, parcel in self._later)):
            self._note_response(parcel, None, NoAnswer(given_up.why), given_up, None, now)
        self._cancelled.extend(self._in_flight)
        self.settings = self._last = None
        for pile in (self._waiting, self._later, self._swapped, self._in_flight):
            pile.clear()
        self.on_output(self)

    def demand(self) -> None:
        """Refuse what needs an address.

        Raises:
            ControlError: there is none.
        """
        if self.settings is None:
            raise ControlError("no_webhook", "this world has no webhook; PUT its address first", status=409)

    def validate(self, now: Instant, *, tamper: Tamper | None = None) -> int:
        """Ask the address to prove that it knows the secret; returns the delivery's number.

        Args:
            tamper: what is wrong with the request's own signature; the body stays as it is.
        """
        self.demand()
        token, timestamp = self.world.identifiers.plain_token(), str(int(now.world))
        body = webhooks.validation(token, timestamp).encode()
        parcel = Parcel(next(self._numbers), Purpose.VALIDATION, body, tamper=tamper, challenge=(token, timestamp))
        return self._post(parcel, now)

    def stage(self, event: Event, now: Instant, *, tamper: Tamper | None = None, style: Style | None = None) -> int:
        """Deliver this event once, forged or written in some way if asked; returns the delivery's number."""
        self.demand()
        body = styles.typeset(webhooks.push(event.type, event.id, event.data_json).encode(), style)
        parcel = Parcel(next(self._numbers), Purpose.STAGED, body, event.id, tamper=tamper, style=style)
        return self._post(parcel, now)

    def repeat(self, now: Instant, *, tamper: Tamper | None = None) -> int:
        """Deliver the last event again, as if its acknowledgement had been lost; returns the delivery's number.

        Args:
            tamper: `replayed` repeats timestamp and signature too, as an eavesdropper would.

        Raises:
            ControlError: nothing has been delivered yet.
        """
        self.demand()
        if self._last is None:
            raise ControlError("nothing_delivered", "no event has been delivered yet that could come again", status=409)
        parcel = self._last.parcel
        again = replace(
            parcel,
            number=next(self._numbers),
            purpose=Purpose.STAGED,
            attempt=parcel.attempt + 1,
            tamper=tamper,
            mishap=None,
        )
        return self._post(again, now)

    # -- what the world asks --------------------------------------------------------------------------------------

    @property
    def takes_events(self) -> bool:
        return self.settings is not None and self.settings.transport != "websocket"

    @property
    def replaces_sessions(self) -> bool:
        return self.settings is not None and self.settings.transport == "webhook"

    def event(self, event: Event, now: Instant) -> None:
        """Deliver an event of the world, again if need be."""
        body = webhooks.push(event.type, event.id, event.data_json).encode()
        self._post(Parcel(next(self._numbers), Purpose.EVENT, body, event.id), now)

    # -- what the shell calls -------------------------------------------------------------------------------------

    def take_deliveries(self, now: Instant) -> list[Delivery]:
        """Requests to make now."""
        started: list[Delivery] = []
        while self.settings is not None and self._waiting and len(self._in_flight) < CONCURRENCY:
            started += self._start(self._waiting.popleft(), self.settings, now)
        return started

    def take_cancelled(self) -> list[int]:
        """Numbers of deliveries whose answer nobody waits for any more."""
        cancelled, self._cancelled = self._cancelled, []
        return cancelled

    def answered(self, number: int, outcome: Answer | NoAnswer, now: Instant) -> None:
        """Judge what came of a delivery; one that was stopped meanwhile is not looked at."""
        delivery = self._in_flight.pop(number, None)
        if delivery is None:
            return
        self._settle(delivery.parcel, delivery.entry, outcome, self._judge(delivery.parcel, delivery.url, outcome), now)

    def next_deadline(self) -> float | None:
        """Steady seconds at which `tick` is due, or None."""
        return self._later[0][0] if self._later else None

    def tick(self, now: Instant) -> None:
        """What is due again joins the queue."""
        while self._later and self._later[0][0] <= now.steady:
            _, _, parcel = heapq.heappop(self._later)
            self._post(parcel if parcel.mishap is not None else replace(parcel, number=next(self._numbers)), now)

    def as_json(self) -> dict[str, Any]:
        """The settings, or `transport` websocket alone where there are none, and how much is under way."""
        waiting = len(self._waiting) + len(self._later) + len(self._swapped)
        settings = {"url": None, "transport": "websocket"} if self.settings is None else self.settings.model_dump()
        return {**settings, "waiting": waiting, "in_flight": len(self._in_flight)}

    # -- what snapshots ask ---------------------------------------------------------------------------------------

    def promised(self, now: Instant) -> Promised:
        """What is not over yet."""
        under_way = [
            replace(delivery.parcel, mishap=replace(delivery.parcel.mishap or mishaps.NONE, copies=1))
            for delivery in self._in_flight.values()
        ]
        later = [(due - now.steady, parcel) for due, _, parcel in sorted(self._later, key=lambda item: item[:2])]
        return Promised([*under_way, *self._waiting], later, list(self._swapped), self._last)

    def take_up(self, promised: Promised, now: Instant) -> None:
        """Make what another webhook has promised; numbers go on behind its own."""
        self._waiting.extend(promised.waiting)
        self._later = [(now.steady + after, parcel.number, parcel) for after, parcel in promised.later]
        self._swapped = list(promised.swapped)
        self._last = promised.last
        parcels = [*self._waiting, *self._swapped, *(parcel for _, parcel in promised.later)]
        self._numbers = count(1 + max((parcel.number for parcel in parcels), default=0))
        self.on_output(self)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _post(self, parcel: Parcel, now: Instant) -> int:
        if len(self._waiting) >= WAITING_LIMIT:
            lost = self._waiting.popleft()
            why = f"never sent: more than {WAITING_LIMIT} deliveries wait"
            self._note_response(lost, None, NoAnswer(why), Verdict(False, why), None, now)
        self._waiting.append(parcel)
        self.on_output(self)
        return parcel.number

    def _start(self, parcel: Parcel, settings: WebhookSettings, now: Instant) -> list[Delivery]:
        """The requests that a parcel becomes now: one, as a rule."""
        mishap = parcel.mishap
        if mishap is None:
            validates = parcel.purpose is Purpose.VALIDATION
            mishap = mishaps.meet(self.world, parcel.number, validates=validates, now=now)
        if mishap.lost:
            why = "lost on its way by a fault"
            self._settle(parcel, None, NoAnswer(why), Verdict(False, why), now)
            return []
        if mishap.delay:
            # What is delayed keeps its number, and meets no second fault.
            late = replace(parcel, mishap=replace(mishap, delay=0.0))
            heapq.heappush(self._later, (now.steady + mishap.delay, parcel.number, late))
            return []
        if mishap.swapped:
            self._swapped.append(replace(parcel, mishap=replace(mishap, swapped=False)))
            return []
        delivery = self._sign(replace(parcel, mishap=mishap), settings, now)
        started = [delivery, *(self._copy(delivery, now) for _ in range(mishap.copies - 1))]
        self._in_flight |= {one.number: one for one in started}
        return started

    def _copy(self, delivery: Delivery, now: Instant) -> Delivery:
        """The same request once more, byte for byte; whatever comes of it, it is not made again."""
        parcel = replace(delivery.parcel, number=next(self._numbers), purpose=_unrepeated(delivery.parcel.purpose))
        entry = self._note_request(parcel, delivery.url, delivery.headers, delivery.body, now)
        return replace(delivery, parcel=parcel, entry=entry)

    def _settle(
        self, parcel: Parcel, entry: int | None, outcome: Answer | NoAnswer, verdict: Verdict, now: Instant
    ) -> None:
        """A delivery is over: note it, make it again if need be, and let those go that waited for it."""
        settings, again = self.settings, None
        is_over = webhook_answers.is_rejection(outcome) and self.world.settings.switch("webhook_4xx") == "given-up"
        if settings is not None and not (verdict.acked or is_over) and parcel.purpose is Purpose.EVENT:
            again = settings.retry_after if parcel.attempt < settings.deliveries else None
        self._note_response(parcel, entry, outcome, verdict, again, now)
        if again is not None:
            due = now.steady + again
            next_one = replace(parcel, attempt=parcel.attempt + 1, mishap=None)
            heapq.heappush(self._later, (due, parcel.number, next_one))
        freed = [held for held in self._swapped if held.number < parcel.number]
        self._swapped = [held for held in self._swapped if held.number > parcel.number]
        self._waiting.extendleft(reversed(freed))
        self.on_output(self)

    def _sign(self, parcel: Parcel, settings: WebhookSettings, now: Instant) -> Delivery:
        """The request as it goes out, noted in the journal."""
        identifiers = self.world.identifiers
        if parcel.tamper is Tamper.REPLAYED and self._last is not None:
            headers, body = dict(self._last.headers), self._last.body
        else:
            signer = Signer(self.world.secret or identifiers.secret())
            letter = tampering.Letter(self.world.app_id, str(int(now.world)), parcel.body, identifiers.trace_id())
            neighbour = next((Signer(secret) for _, secret in self.neighbours(self, settings.url)), None)
            headers, body = tampering.seal(letter, signer, parcel.tamper, identifiers, neighbour)
            headers = styles.dress(headers, parcel.style)
        entry = self._note_request(parcel, settings.url, headers, body, now)
        delivery = Delivery(parcel, settings.url, headers, body, settings.timeout, entry)
        if parcel.purpose is Purpose.EVENT or (parcel.purpose is Purpose.STAGED and parcel.tamper is None):
            self._last = delivery
        return delivery

    def _judge(self, parcel: Parcel, url: str, outcome: Answer | NoAnswer) -> Verdict:
        if parcel.challenge is None:
            return webhook_answers.judge_push(outcome)
        signer = Signer(self.world.secret or "")
        neighbours = {app_id: Signer(secret) for app_id, secret in self.neighbours(self, url)}
        return webhook_answers.judge_validation(outcome, parcel.challenge, signer, neighbours)

    def _note_request(self, parcel: Parcel, url: str, headers: Mapping[str, str], body: bytes, now: Instant) -> int:
        mishap = parcel.mishap or mishaps.NONE
        return self.world.journal.append(
            now, "webhook.request", delivery=parcel.number, purpose=parcel.purpose.value, attempt=parcel.attempt,
            event_id=parcel.event_id, tamper=parcel.tamper.value if parcel.tamper else None,
            style=parcel.style.value if parcel.style else None, url=url,
            headers={name.lower(): value for name, value in headers.items()}, body=body.decode(errors="replace"),
            **({} if mishap.cut is None else {"cut": mishap.cut}),
        )  # fmt: skip

    def _note_response(  # noqa: PLR0913 - an answer's whole context
        self,
        parcel: Parcel,
        entry: int | None,
        outcome: Answer | NoAnswer,
        verdict: Verdict,
        again: float | None,
        now: Instant,
    ) -> None:
        answer = outcome if isinstance(outcome, Answer) else None
        self.world.journal.append(
            now, "webhook.response", request=entry, delivery=parcel.number, purpose=parcel.purpose.value,
            attempt=parcel.attempt, event_id=parcel.event_id, tamper=parcel.tamper.value if parcel.tamper else None,
            status=answer.status if answer else None,
            headers={name.lower(): value for name, value in answer.headers.items()} if answer else {},
            body=answer.body.decode(errors="replace") if answer else None,
            acked=verdict.acked, why=verdict.why, again_after=again,
        )  # fmt: skip
