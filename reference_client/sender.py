"""Sending one message until it is delivered once, or until it is certain that it will not be.

A passive reply is anchored to the message it answers: (`msg_id`, `msg_seq`) is the platform's key for
recognising repetitions. That makes retries safe, as long as a retry repeats the number and a new message never does.
A proactive message has no such key, nor has one to a channel: what may have been delivered is not sent again. An
upload that sends nothing may be repeated.

`Delivery` decides; the shell sends what it is told and reports what came of it.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from reference_client.answers import Answer, ApiError, Loss, NoAnswer, Outcome, describe
from reference_client.backoff import Ladder

if TYPE_CHECKING:
    from random import Random


class Remedy(Enum):
    """What a refusal asks for."""

    WITHOUT_ANCHOR = auto()
    """The `msg_id` is spent or unknown: once more as a proactive message."""
    NEXT_SEQ = auto()
    """The number was used before: take the next one."""
    NEW_TOKEN = auto()
    """The access token is refused: once more with another one."""
    SLOW_DOWN = auto()
    """Too fast: the same again, later and later."""
    AGAIN = auto()
    """The platform stumbled: the same again, soon."""
    AS_TEXT = auto()
    """Markdown is not granted: once more as plain text."""
    GIVE_UP = auto()
    """Nothing that we could change would help."""


REMEDIES: Mapping[int, Remedy] = MappingProxyType(
    {
        # One situation, several numbers: the reply comes too late, or one too many.
        40034005: Remedy.WITHOUT_ANCHOR,
        40034031: Remedy.WITHOUT_ANCHOR,
        304103: Remedy.WITHOUT_ANCHOR,
        304027: Remedy.WITHOUT_ANCHOR,
        40034128: Remedy.WITHOUT_ANCHOR,
        # The id is unknown, of another chat, or the bot's own.
        40034024: Remedy.WITHOUT_ANCHOR,
        40054005: Remedy.NEXT_SEQ,
        # Status 401 now, 500 in the older era, and 200 once in a while.
        11244: Remedy.NEW_TOKEN,
        40011027: Remedy.NEW_TOKEN,
        22009: Remedy.SLOW_DOWN,
        100017: Remedy.SLOW_DOWN,
        40023001: Remedy.SLOW_DOWN,
        40034100: Remedy.SLOW_DOWN,
        40034012: Remedy.AS_TEXT,
        304041: Remedy.AS_TEXT,
        50056: Remedy.AS_TEXT,
        304036: Remedy.AS_TEXT,
        40034127: Remedy.AS_TEXT,
        # Status 500 in the older era, though repeating cannot help: the recipient or the permission is
        # missing.
        11255: Remedy.GIVE_UP,
        11245: Remedy.GIVE_UP,
        11253: Remedy.GIVE_UP,
    }
)
"""By `code` or `err_code`, whichever is known. Everything else is decided by the status."""

AGAIN_STEPS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between tries while the platform stumbles. Together they outlast a minor outage and stay well
inside the five minutes that a reply in a group may take."""

SLOW_STEPS = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between tries while we are too fast; then the loss is reported, as an endless queue would only
grow."""

MOST_NEXT_SEQS = 10
"""Numbers tried when each was used before: a restarted bot does not know what it used, and no message may
have more than a handful of replies."""

FIRST_NUMBERS = 10_000
"""A process begins to count at one of so many: a client that draws numbers from them was seen to work
(AstrBotDevs/AstrBot#8498). If every process began at 1, the second one would take 40054005 for its own message."""

REMEMBERED_ANCHORS = 20_000
"""Messages whose numbering is remembered, the oldest forgotten first; an hour of a lively group."""


class Sequences:
    """`msg_seq` numbers, allotted per `msg_id`; shared by all messages of one process."""

    def __init__(self, random: "Random", capacity: int = REMEMBERED_ANCHORS) -> None:
        self._first = random.randint(1, FIRST_NUMBERS)
        self._capacity = capacity
        self._last: OrderedDict[str, int] = OrderedDict()

    def allot(self, anchor: str) -> int:
        """A number that was not used with `anchor` before."""
        number = self._last.pop(anchor, self._first - 1) + 1
        self._last[anchor] = number
        if len(self._last) > self._capacity:
            self._last.popitem(last=False)
        return number


@dataclass(frozen=True, slots=True)
class Send:
    """Send `body` after `after` seconds.

    Attributes:
        fresh_connection: not on a connection that was kept open: the last one proved stale.
        renew_token: the platform refused the token of the last try.
    """

    body: dict[str, Any]
    after: float = 0.0
    fresh_connection: bool = False
    renew_token: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """The platform has it. `answer` may be empty, or of another shape than documented."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Failed:
    """It will not be delivered, and why."""

    error: ApiError


Step = Send | Delivered | Failed


class Delivery:
    """One message on its way."""

    def __init__(
        self, operation: str, body: dict[str, Any], *, sequences: Sequences, numbered: bool, random: "Random"
    ) -> None:
        """`numbered`: the endpoint knows `msg_seq`, as those under /v2 do and those of channels do not."""
        self._operation = operation
        self._body = dict(body)
        self._sequences = sequences
        self._again = Ladder(AGAIN_STEPS, random)
        self._slow = Ladder(SLOW_STEPS, random)
        self._uncertain = False
        self._renewed_token = False
        self._next_seqs = 0
        self._because = ""
        if numbered and isinstance(self._body.get("msg_id"), str):
            self._body["msg_seq"] = sequences.allot(self._body["msg_id"])

    def begin(self) -> Send:
        """The first try."""
        return Send(dict(self._body))

    def after(self, outcome: Outcome) -> Step:
        """What the outcome of a try asks for."""
        if isinstance(outcome, NoAnswer):
            again = self._after_loss(outcome.loss)
        elif outcome.succeeded:
            return Delivered(outcome)
        else:
            remedy = remedy_for(outcome)
            if remedy is Remedy.NEXT_SEQ and self._uncertain:
                # 40054005 after a try whose answer was lost is good news: that try had arrived.
                return Delivered(outcome)
            again = self._TREATMENTS[remedy](self, outcome)
        return again or Failed(ApiError(self._operation, outcome, self._because))

    def _after_loss(self, loss: Loss) -> Send | None:
        """No answer. Where the platform may have acted, only the number makes a second try safe."""
        uncertain = loss is not Loss.NOT_SENT
        # A stale connection costs a message without a number the same doubt, but a far smaller one: taken once.
        acceptable = loss is Loss.STALE and not self._uncertain
        self._uncertain = self._uncertain or uncertain
        if (uncertain and not self._is_repeatable and not acceptable) or self._again.climbed == len(AGAIN_STEPS):
            return None
        after = 0.0 if acceptable else self._again.next()
        return Send(dict(self._body), after=after, fresh_connection=True)

    def _try_again(self, _answer: Answer) -> Send | None:
        """The platform stumbled, and may have acted before."""
        self._uncertain = True
        if not self._is_repeatable or self._again.climbed == len(AGAIN_STEPS):
            return None
        return Send(dict(self._body), after=self._again.next())

    @property
    def _is_repeatable(self) -> bool:
        """Whether a second arrival of the body would show nothing twice."""
        return "msg_seq" in self._body or self._body.get("srv_send_msg") is False

    def _slow_down(self, _answer: Answer) -> Send | None:
        if self._slow.climbed == len(SLOW_STEPS):
            return None
        return Send(dict(self._body), after=self._slow.next())

    def _renew_token(self, _answer: Answer) -> Send | None:
        if self._renewed_token:
            return None
        self._renewed_token = True
        return Send(dict(self._body), renew_token=True)

    def _take_next_seq(self, _answer: Answer) -> Send | None:
        if "msg_seq" not in self._body or self._next_seqs == MOST_NEXT_SEQS:
            return None
        self._next_seqs += 1
        self._body["msg_seq"] = self._sequences.allot(self._body["msg_id"])
        return Send(dict(self._body))

    def _without_anchor(self, answer: Answer) -> Send | None:
        if self._uncertain or self._body.pop("msg_id", None) is None:
            # After a try whose answer was lost it may have arrived, and without the number nothing tells a second one.
            return None
        self._body.pop("event_id", None)
        self._body.pop("msg_seq", None)
        self._because = describe(answer)
        return Send(dict(self._body))

    def _as_text(self, answer: Answer) -> Send | None:
        markdown = self._body.pop("markdown", None)
        content = markdown.get("content") if isinstance(markdown, dict) else None
        if not isinstance(content, str):
            return None
        self._body |= {"content": content, "msg_type": 0}
        self._because = describe(answer)
        return Send(dict(self._body))

    def _give_up(self, _answer: Answer) -> Send | None:
        return None

    _TREATMENTS: ClassVar[Mapping[Remedy, Callable[["Delivery", Answer], Send | None]]] = MappingProxyType(
        {
            Remedy.WITHOUT_ANCHOR: _without_anchor,
            Remedy.NEXT_SEQ: _take_next_seq,
            Remedy.NEW_TOKEN: _renew_token,
            Remedy.SLOW_DOWN: _slow_down,
            Remedy.AGAIN: _try_again,
            Remedy.AS_TEXT: _as_text,
            Remedy.GIVE_UP: _give_up,
        }
    )


def remedy_for(answer: Answer) -> Remedy:
    """What an answer that is no success asks for."""
    for code in answer.codes:
        if code in REMEDIES:
            return REMEDIES[code]
    if answer.status == 429:
        return Remedy.SLOW_DOWN
    return Remedy.AGAIN if answer.status >= 500 else Remedy.GIVE_UP
