"""Coming online: what the gateway endpoint answered, what a failed call means, and when to ask again.

A bot that is started while the platform has a bad minute must be online once that minute is over. Nearly
every public client dies instead, or asks so often that it is limited for longer than the outage lasted
(NousResearch/hermes-agent#18172).
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from reference_client.answers import Answer, Outcome, describe
from reference_client.backoff import Ladder

if TYPE_CHECKING:
    from random import Random

START_STEPS = (5.0, 10.0, 30.0, 60.0)
"""Seconds between calls of an endpoint that fails. Slower than the reconnect ladder: these endpoints are
limited to a few calls a minute."""

LIMITED_PAUSE = 60.0
"""Seconds of silence after 100017: the documented limit is two calls a minute, and asking within it prolongs
it."""

REJECTED_PAUSE = 60.0
"""Seconds between calls with credentials that were refused. We go on, slowly: a secret can be corrected in
the platform's console, and a supervisor that restarts a bot which exits would ask faster than this."""

ASK_AGAIN_AFTER_DIALS = 3
"""Failed dials in a row after which the cached gateway address is doubted."""

ASK_AGAIN_SPACING = 300.0
"""Seconds between two questions for an address that we already have."""

BUDGET_SPACING = 30.0
"""Seconds between two questions for the budget of session starts after its reset: two calls a minute are documented."""

MAX_SHARDS = 1024
"""An absurd number of shards is a broken answer; no bot of the platform is known to need more than a
dozen."""

MAX_RESET = 7 * 86_400.0
"""Seconds. The budget of session starts is daily; a reset later than a week is a broken answer."""

_RATE_LIMITED = frozenset({100017, 40023001})
_TOKEN_REFUSED = frozenset({11244, 40011027})
_CREDENTIALS_REFUSED = frozenset({100007, 100016, 10004})


class Trouble(Enum):
    """Why a call at start-up failed, as far as it decides what to do."""

    TRANSIENT = auto()
    RATE_LIMITED = auto()
    TOKEN = auto()
    REJECTED = auto()


def trouble_with(outcome: Outcome) -> Trouble:
    """What a failed call of the token or gateway endpoint means; a useless 200 is `TRANSIENT`."""
    if not isinstance(outcome, Answer):
        return Trouble.TRANSIENT
    codes = set(outcome.codes)
    if outcome.status == 429 or codes & _RATE_LIMITED:
        return Trouble.RATE_LIMITED
    if codes & _TOKEN_REFUSED:
        return Trouble.TOKEN
    if codes & _CREDENTIALS_REFUSED or 400 <= outcome.status < 500:
        return Trouble.REJECTED
    return Trouble.TRANSIENT


class StartLadder:
    """The waits between failed calls of one endpoint."""

    def __init__(self, random: "Random") -> None:
        self._ladder = Ladder(START_STEPS, random)

    def after(self, trouble: Trouble) -> float:
        """Seconds to wait before the next call."""
        step = self._ladder.next()
        if trouble is Trouble.RATE_LIMITED:
            return max(step, LIMITED_PAUSE)
        return max(step, REJECTED_PAUSE) if trouble is Trouble.REJECTED else step

    def succeeded(self) -> None:
        """The endpoint answered."""
        self._ladder.reset()


@dataclass(frozen=True, slots=True)
class GatewayInfo:
    """What `GET /gateway/bot` says; `reset_after` in seconds."""

    url: str
    shards: int
    total: int
    remaining: int
    reset_after: float
    max_concurrency: int


def read_gateway(outcome: Outcome) -> GatewayInfo | str:
    """The gateway's address and limits, or what is wrong with the answer: we never connect on garbage."""
    if not isinstance(outcome, Answer) or not outcome.succeeded:
        return describe(outcome)
    body = outcome.body
    if not isinstance(body, dict):
        return f"the answer is {'empty' if body is None and not outcome.text else 'not a JSON object'}"
    limit = body.get("session_start_limit")
    if not isinstance(limit, dict):
        return "session_start_limit is missing"
    url: Any = body.get("url")
    if not _is_websocket_url(url):
        return "url is missing or is no WebSocket address"
    bounds = (
        ("shards", body, 1, MAX_SHARDS),
        ("total", limit, 0, 10**9),
        ("remaining", limit, 0, 10**9),
        ("reset_after", limit, 0, MAX_RESET * 1000),
        ("max_concurrency", limit, 1, 10**6),
    )
    for name, holder, least, most in bounds:
        value = holder.get(name)
        if type(value) is not int or not least <= value <= most:
            return f"{name} is missing or absurd"
    return GatewayInfo(
        url=url,
        shards=body["shards"],
        total=limit["total"],
        remaining=limit["remaining"],
        reset_after=limit["reset_after"] / 1000,
        max_concurrency=limit["max_concurrency"],
    )


def _is_websocket_url(url: Any) -> bool:
    if not isinstance(url, str) or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna")  # as the resolver will: it refuses empty and endless labels
    except ValueError:
        return False
    return parts.scheme in {"ws", "wss"} and bool(host) and port != 0


class GatewayAddress:
    """The cached address, and when to ask for it again.

    That is when dialling it keeps failing, and then rarely, or when the budget that came with it is outdated. Clients
    that ask before every reconnect run into 100017 and stay offline for that reason alone.
    """

    def __init__(self, ladder: StartLadder) -> None:
        self.info: GatewayInfo | None = None
        self._ladder = ladder
        self._failed_dials = 0
        self._next_doubt = 0.0
        self._not_before = 0.0

    def learned(self, info: GatewayInfo, now: float) -> None:
        """The endpoint gave an address."""
        self.info = info
        self._ladder.succeeded()
        self._asked(now, BUDGET_SPACING)

    def failed(self, trouble: Trouble, now: float) -> float:
        """The endpoint gave none; seconds in which it is not to be asked again."""
        wait = self._ladder.after(trouble)
        self._asked(now, wait)
        return wait

    def _asked(self, now: float, wait: float) -> None:
        self._failed_dials = 0
        self._next_doubt = now + ASK_AGAIN_SPACING
        self._not_before = now + wait

    def dialled(self, succeeded: bool) -> None:
        """A WebSocket handshake with the address came to something, or not."""
        self._failed_dials = 0 if succeeded else self._failed_dials + 1

    def doubtful(self, now: float) -> bool:
        """Whether the address is no good any more, as far as can be seen."""
        return self._failed_dials >= ASK_AGAIN_AFTER_DIALS and now >= self._next_doubt

    def wants_question(self, now: float, *, outdated: bool) -> bool:
        """Whether the endpoint should be asked once before the next dial; `outdated`: the budget of session starts."""
        return self.doubtful(now) or (outdated and now >= self._not_before)
