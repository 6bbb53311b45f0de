"""What a webhook delivers: before it is signed, as a request, and what is not over yet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.webhooks.mishaps import Mishap
    from fakeqq.core.webhooks.styles import Style
    from fakeqq.core.webhooks.tampering import Tamper


class Purpose(StrEnum):
    EVENT = "event"  # of the world's own; made again until acknowledged
    STAGED = "staged"  # one delivery that a test asked for
    VALIDATION = "validation"  # op 13


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be delivered, before it is signed.

    Attributes:
        challenge: `plain_token` and `event_ts` of an address validation.
        mishap: what a fault makes of it; None until it is its turn.
    """

    number: int
    purpose: Purpose
    body: bytes
    event_id: str | None = None
    attempt: int = 1
    tamper: Tamper | None = None
    style: Style | None = None
    challenge: tuple[str, str] | None = None
    mishap: Mishap | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One HTTP request for the shell to make.

    Attributes:
        timeout: steady seconds until the answer counts as missing.
        entry: its `webhook.request` in the journal.
    """

    parcel: Parcel
    url: str
    headers: Mapping[str, str]
    body: bytes
    timeout: float
    entry: int

    @property
    def number(self) -> int:
        return self.parcel.number


class Promised(NamedTuple):
    """Deliveries that are not over, so that another webhook can make them.

    Attributes:
        waiting: in their order; those under way stand first, as if they had not been made.
        later: steady seconds until each is due, and what is due.
        swapped: held back until a later one has its answer.
        last: what `repeat` repeats.
    """

    waiting: list[Parcel]
    later: list[tuple[float, Parcel]]
    swapped: list[Parcel]
    last: Delivery | None
