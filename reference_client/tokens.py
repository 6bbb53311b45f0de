"""The access token: cached, renewed in time, replaced when the platform refuses it.

The platform hands out one token until its last minute and a second one within it, both valid. So the time to
renew is inside that minute, and the old token serves every caller while one of them fetches the new one.
"""

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fakeqq.wire.limits import TOKEN_OVERLAP
from reference_client.answers import Answer, Outcome, describe
from reference_client.startup import StartLadder, Trouble, trouble_with

if TYPE_CHECKING:
    from random import Random

RENEW_BEFORE_END = TOKEN_OVERLAP.value - 10.0
"""Seconds before its end at which a token is renewed: ten seconds into the overlap, as two clocks never
agree, and a call before the overlap would only bring the same token."""

FALLBACK_LIFE = 300.0
"""Seconds a token is taken to live when `expires_in` is missing or absurd. It costs a call every few minutes;
a token that dies earlier is replaced when the platform refuses it."""

LONGEST_LIFE = 86_400.0
"""Seconds. A longer `expires_in` is absurd: the documented life is 7200."""

CALLS_PER_MINUTE = 5
"""However often tokens are refused: the endpoint answers 100001 to those who ask too often."""


class TokenCache:
    """One bot's token. The shell makes the calls; this says when, and which token to use meanwhile."""

    def __init__(self, random: "Random") -> None:
        self._token: str | None = None
        self._renew_at = 0.0
        self._expires_at = 0.0
        self._not_before = 0.0
        self._calls: deque[float] = deque(maxlen=CALLS_PER_MINUTE)
        self._ladder = StartLadder(random)

    def usable(self, now: float) -> str | None:
        """A token that should work, or None: then a call has to be made first."""
        return self._token if now < self._expires_at else None

    def wants_call(self, now: float) -> bool:
        """Whether a call is due at `now`: there is no usable token, or it is in its overlap."""
        return (self._token is None or now >= self._renew_at) and now >= self.next_call()

    def next_call(self) -> float:
        """The earliest moment of the next call."""
        if len(self._calls) == CALLS_PER_MINUTE:
            return max(self._not_before, self._calls[0] + 60.0)
        return self._not_before

    def calling(self, now: float) -> None:
        """A call begins."""
        self._calls.append(now)

    def calls(self) -> tuple[float, ...]:
        """When the latest calls began, as far as they count."""
        return tuple(self._calls)

    def restore(self, calls: Iterable[float], now: float) -> None:
        """An earlier process made these `calls`; such as are to come are those of a clock that was set back."""
        self._calls.extend(sorted(call for call in calls if call <= now))

    def answered(self, outcome: Outcome, now: float) -> str | None:
        """Take the outcome of a call: None when it gave a token, else what went wrong, free of secrets."""
        body = outcome.body if isinstance(outcome, Answer) else None
        token = body.get("access_token") if isinstance(body, dict) else None
        if isinstance(outcome, Answer) and outcome.succeeded and _is_token(token):
            life = sane_life(body.get("expires_in") if isinstance(body, dict) else None)
            self._token = token
            self._expires_at = now + life
            self._renew_at = now + max(life - RENEW_BEFORE_END, life / 2)
            self._not_before = 0.0
            self._ladder.succeeded()
            return None
        trouble = trouble_with(outcome)
        wait = self._ladder.after(trouble)
        self._not_before = now + wait
        what = "app id or secret rejected" if trouble is Trouble.REJECTED else "no access token"
        return f"{what}, next try in {wait:.0f} s: {_in_words(outcome)}"

    def refused(self, token: str) -> None:
        """The platform refused `token`; twenty refusals of the current one are one call, others are none."""
        if token == self._token:
            self._token = None
            self._expires_at = 0.0


def _is_token(value: Any) -> bool:
    """Whether `value` can stand in a header."""
    return isinstance(value, str) and value != "" and value.isascii() and value.isprintable() and " " not in value


def _in_words(outcome: Outcome) -> str:
    """What came, without any part of a broken body: that part may be a token."""
    if isinstance(outcome, Answer) and (outcome.succeeded or outcome.text):
        return f"HTTP {outcome.status} without a readable access_token"
    return describe(outcome)


def sane_life(expires_in: Any) -> float:
    """`expires_in` in seconds; on the wire it is a string, in the documentation's table a number."""
    if isinstance(expires_in, str) and expires_in.isascii() and expires_in.isdigit() and len(expires_in) < 10:
        expires_in = int(expires_in)
    if type(expires_in) not in {int, float} or not 0 < expires_in <= LONGEST_LIFE:
        return FALLBACK_LIFE
    return float(expires_in)
