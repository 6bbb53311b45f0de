"""Writing one text piece by piece: what goes into which request, and how a failure is survived without a repetition.

The platform has two dialects for it, for C2C alone:

* **chunks**: the `stream` object of an ordinary message. Each request carries only what is new, under a `msg_seq` of
  its own; the `id` that the first answer brought names the stream from the second chunk on.
* **frames**: `/stream_messages`. Each request carries the whole text so far (`replace`), under one `msg_seq`; so a
  lost frame costs nothing, the next one holds it all.

A stream without an end falls back to its first chunk, or shows "generating" for ever
(AstrBotDevs/AstrBot#10066): `closing` is therefore always to be sent, also after a failure.

The machine decides; its shell sends what `due` and `closing` return and reports the outcome to `after`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from reference_client.answers import Answer, Loss, NoAnswer, Outcome

SPACING: float = 1.0
"""Seconds between two requests of one stream: faster ones are refused (50002), and a reader needs no more."""

LONGEST_PART = 2_000
"""Characters of one request in the chunk dialect; the platform's limit (40054014) is nowhere documented."""

LONGEST_TEXT = 5_000
"""Characters of one stream; in UTF-8 below the 20 KiB that one frame may hold. What is more begins another stream."""

LONGEST_LIFE = 150.0
"""Seconds after which a stream is ended and another begun: the shortest life that a client believes in is three
minutes."""

MOST_TRIES = 4
"""Tries of one request."""

_GENERATING, _END = 1, 10
_NEWLINE_MISSING = 40034017
_TOO_FAST = frozenset({50002, 22009, 100017, 40023001})
_REPEATED = frozenset({40054005, 40006, 40034021})
"""After a try whose answer was lost: its number, its index or its stream is there already."""

_OVER = frozenset({40034018, 40034020, 40034022, 40007, 40113003})
"""This stream takes nothing more, not even its end; what it has not shown may go into another one."""

_FULL = frozenset({40054014, 40054015, 40054018})
"""This stream takes no more text; it is still to be ended."""

_TOO_OLD = 40034020
"""A frame that comes too late was seen to be shown and refused all the same; of chunks nobody has told that."""


class Dialect(StrEnum):
    """How a stream is written."""

    CHUNKS = "chunks"
    FRAMES = "frames"


class Verdict(StrEnum):
    """What an outcome means."""

    TAKEN = "taken"
    AGAIN = "again"
    """The same request again, after `Stream.wait`."""
    OVER = "over"
    """This stream has ended; `rest` holds what it does not show."""


@dataclass(frozen=True, slots=True)
class Part:
    """One request of a stream.

    Attributes:
        body: without `msg_seq`, which the shell allots: a new one for each chunk, one for all frames.
        ends: whether it closes the stream.
        shown: characters of the stream's text that are there once it is taken.
    """

    body: dict[str, Any]
    ends: bool
    shown: int


class Stream:
    """One stream: one message that grows.

    Attributes:
        wait: seconds before a request that is to be made again.
        fresh_connection: not on a connection that was kept open: the last request got no answer.
    """

    def __init__(self, dialect: Dialect, msg_id: str, now: float) -> None:
        """`msg_id` is the message that it answers."""
        self.dialect = dialect
        self.wait = 0.0
        self.fresh_connection = False
        self.began = False
        self.ended = False
        self._closed = False
        self._msg_id = msg_id
        self._opened = now
        self._text = ""
        self._shown = 0
        self._index = 0
        self._id: str | None = None
        self._next = now
        self._tries = 0
        self._newline = False
        self._uncertain = False
        self._broken = False
        self._ends_as_it_is = False

    def write(self, text: str) -> str:
        """Add text; answers with what does not fit and belongs into another stream."""
        room = LONGEST_TEXT - len(self._text)
        self._text += text[:room]
        return text[room:]

    def too_old(self, now: float) -> bool:
        """Whether the stream should be ended and another one begun."""
        return self.began and now - self._opened >= LONGEST_LIFE

    @property
    def rest(self) -> str:
        """What was written and is not shown."""
        return self._text[self._shown :]

    def due_at(self) -> float:
        """The earliest moment of the next request."""
        return self._next

    def due(self, now: float) -> Part | None:
        """The next request, if it is time and there is something to show."""
        if self.ended or self._broken or now < self._next or not self.rest:
            return None
        return self._part(ends=False)

    def closing(self) -> Part | None:
        """A request that brings the stream nearer to its end; None when it has ended, or never began and is empty."""
        if self.ended or (not self.began and not self._text):
            return None
        if self._ends_as_it_is:
            return self._part(ends=True, shown=self._shown)
        return self._part(ends=self.dialect is Dialect.FRAMES or len(self.rest) <= LONGEST_PART)

    def after(self, part: Part, outcome: Outcome, now: float) -> Verdict:
        """What came of a request."""
        self._next = now + SPACING
        self.fresh_connection = isinstance(outcome, NoAnswer)
        if isinstance(outcome, Answer) and outcome.succeeded:
            self._take(part, outcome)
            return Verdict.TAKEN
        self._tries += 1
        codes = set(outcome.codes) if isinstance(outcome, Answer) else set()
        if self._uncertain and codes & _REPEATED:
            self._take(part, Answer(200))
            return Verdict.TAKEN
        if _TOO_OLD in codes and self.dialect is Dialect.FRAMES:
            self._shown = max(self._shown, part.shown)
        refused = isinstance(outcome, Answer) and outcome.status < 500
        never_left = isinstance(outcome, NoAnswer) and outcome.loss is Loss.NOT_SENT
        self._uncertain = self._uncertain or not (refused or never_left)
        if self._tries >= MOST_TRIES or codes & (_OVER | _FULL):
            return self._give_up(part, codes)
        if _NEWLINE_MISSING in codes and not self._newline:
            self._newline = True
            self.wait = 0.0
            return Verdict.AGAIN
        is_too_fast = bool(codes & _TOO_FAST) or (isinstance(outcome, Answer) and outcome.status == 429)
        if refused and not is_too_fast:
            return self._give_up(part, codes)
        self.wait = SPACING * 2**self._tries if is_too_fast else SPACING
        if self.dialect is Dialect.FRAMES and self.began:
            # The index of a refused frame may be used up; gaps are allowed, repetitions are not.
            self._index += 1
        return Verdict.AGAIN

    def again(self, part: Part) -> Part:
        """The request to send after `Verdict.AGAIN`: the same text, repaired where the platform said how."""
        return self._part(ends=part.ends, shown=part.shown)

    def _part(self, *, ends: bool, shown: int | None = None) -> Part:
        if self.dialect is Dialect.CHUNKS:
            shown = min(len(self._text), self._shown + LONGEST_PART) if shown is None else shown
            return Part(self._chunk(self._text[self._shown : shown], ends=ends), ends, shown)
        shown = len(self._text) if shown is None else shown
        return Part(self._frame(self._text[:shown], ends=ends), ends, shown)

    def _chunk(self, text: str, *, ends: bool) -> dict[str, Any]:
        stream: dict[str, Any] = {"state": _END if ends else _GENERATING, "index": self._index}
        if self._id is not None:
            stream["id"] = self._id  # left out before it is known: null is refused (AstrBotDevs/AstrBot#6131)
        if (text or not self._broken) and (ends or self._newline) and not text.endswith("\n"):
            text += "\n"
        return {"msg_type": 2, "markdown": {"content": text}, "msg_id": self._msg_id, "stream": stream}

    def _frame(self, text: str, *, ends: bool) -> dict[str, Any]:
        body: dict[str, Any] = {
            "input_mode": "replace",
            "input_state": _END if ends else _GENERATING,
            "content_type": "markdown",
            "content_raw": text,
            "msg_id": self._msg_id,
            "event_id": self._msg_id,
            "index": self._index,
        }
        if self._id is not None:
            body["stream_msg_id"] = self._id
        return body

    def _take(self, part: Part, answer: Answer) -> None:
        stream_id = answer.body.get("id") if isinstance(answer.body, dict) else None
        if self._id is None and isinstance(stream_id, str) and stream_id:
            self._id = stream_id
        self.began = True
        self._uncertain = self._uncertain and self._broken
        self._shown = max(self._shown, part.shown)
        self._index += 1
        self._tries, self.wait = 0, 0.0
        # Without an id no second request can name this stream: what is shown is all that it will show.
        self._closed = part.ends
        self.ended = part.ends or self._id is None

    def _give_up(self, part: Part, codes: set[int]) -> Verdict:
        """Write nothing more; what is shown already is still to be ended, if it can be.

        A chunk that failed cannot be left out, so nothing may follow it but the end. A frame holds everything: the last
        one may succeed where this one failed, unless it was that one, or the text is what was refused.
        """
        nothing_new = part.ends and part.shown <= self._shown
        self._ends_as_it_is = self.dialect is Dialect.CHUNKS or part.ends or bool(codes & _FULL)
        self._broken, self._tries = True, 0
        self.ended = nothing_new or bool(codes & _OVER) or not self.began
        return Verdict.OVER

    @property
    def left_open(self) -> bool:
        """Whether the platform waits for an end that it will not get: it may take back all but the first chunk."""
        return self.ended and self.began and not self._closed

    @property
    def perhaps_shown(self) -> bool:
        """Whether the request that was given up may have arrived: then `rest` is better lost than said twice."""
        return self._uncertain
