"""Reading streams in the journal: what the bot asked for part by part, and what a user sees of it.

A bot writes in one of two dialects: *chunks*, the `stream` object of an ordinary message, or *frames*, on a route of
their own. Which one is seen here, and told by `Part.dialect`; the functions are pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.harness.journal import Entry, Message

MEDIA = 7
"""The `msg_type` of a picture."""

LAST_TEXT_STATE = 10
"""Chunks of a higher state carry buttons, and no text."""

_FIRST_END = 6


class Dialect(StrEnum):
    """How a stream is written."""

    CHUNKS = "chunks"
    FRAMES = "frames"


@dataclass(frozen=True, slots=True)
class Ask:
    """A command that a user gave: the message, and what its answer is made of.

    Attributes:
        openid: of the chat: the user's, or the group's.
        tokens: the text of the message and the numbered pieces, without blanks, in their order.
    """

    message: Message
    openid: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One request of a stream, and its answer.

    Attributes:
        at, answered_at: seconds of the adapter's clock; the second None without an answer.
        stream_id: what it names as its stream; None when it names none.
        names_null: whether it names a null, where none should be named.
        kind: `msg_type`, or `content_type` of a frame.
        ends: whether it closes the stream.
        text: what it carries; what is new in a chunk, and perhaps everything so far in a frame.
        has_media: whether it carries a file.
        codes: both error numbers of the answer.
        granted_id: the stream's id in the answer of a taken part.
        fault: what was done to its answer.
    """

    id: int
    at: float
    dialect: Dialect
    stream_id: str | None
    names_null: bool
    index: int
    kind: Any
    state: int
    ends: bool
    text: str
    has_media: bool
    answered_at: float | None
    status: int | None
    codes: frozenset[int]
    granted_id: str | None
    fault: str | None

    @property
    def taken(self) -> bool:
        """Whether the platform said that it took it."""
        return self.status is not None and 200 <= self.status < 300

    def __str__(self) -> str:
        named = "null" if self.names_null else self.stream_id or "absent"
        return f"{self.dialect} part with id {named}, index {self.index}, state {self.state}, type {self.kind}"


@dataclass(slots=True)
class Bubble:
    """One message of the bot's as it stands in the chat.

    Attributes:
        streamed: whether it grew.
        is_open: whether its stream was begun and not closed.
    """

    id: str
    text: str
    msg_type: int | None
    streamed: bool
    is_open: bool

    def holds(self, tokens: Iterable[str]) -> bool:
        """Whether any of these stands in it."""
        text = squeezed(self.text)
        return any(token in text for token in tokens)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a user has read so far, in answer to one command.

    Attributes:
        id: the entry that last changed it; None when nothing is there.
    """

    ask: Ask
    bubbles: tuple[Bubble, ...]
    id: int | None

    @property
    def text(self) -> str:
        """All of it, without blanks: a chunk's end may have to be a line's end, which is no change of the text."""
        return squeezed("".join(bubble.text for bubble in self.bubbles))

    @property
    def missing(self) -> list[str]:
        """What nobody has read."""
        return [token for token in self.ask.tokens if token not in self.text]

    @property
    def repeated(self) -> list[str]:
        """What was read more than once."""
        return [token for token in self.ask.tokens if self.text.count(token) > 1]

    @property
    def in_order(self) -> bool:
        """Whether what is there stands in its order, and only the end is missing."""
        places = [self.text.find(token) for token in self.ask.tokens]
        there = [place for place in places if place >= 0]
        return places[: len(there)] == sorted(there)

    @property
    def whole(self) -> bool:
        """Everything, once, in order."""
        return not self.missing and not self.repeated and self.in_order

    @property
    def clean(self) -> bool:
        """The beginning, or everything: nothing twice, and nothing left out before something else."""
        return not self.repeated and self.in_order

    @property
    def is_open(self) -> bool:
        """Whether a stream is still open."""
        return any(bubble.is_open for bubble in self.bubbles)

    @property
    def pictures(self) -> int:
        """How many pictures there are."""
        return sum(bubble.msg_type == MEDIA for bubble in self.bubbles)

    def __str__(self) -> str:
        shown = " | ".join(repr(bubble.text) + (" (still open)" if bubble.is_open else "") for bubble in self.bubbles)
        return shown or "nothing"


def squeezed(text: str) -> str:
    """The text without blanks and line ends."""
    return "".join(text.split())


def parts_of(entries: Sequence[Entry], ask: Ask) -> list[Part]:
    """Every request that is a part of a stream to the asking user, in order."""
    answers = {entry["request"]: entry for entry in entries if entry["kind"] == "http.response"}
    return [
        _part(entry, answers.get(entry["id"]))
        for entry in entries
        if entry["kind"] == "http.request"
        and entry["id"] > ask.message.entry_id
        and (entry.get("params") or {}).get("openid") == ask.openid
        and streams(entry)
    ]


def streams(request: Entry) -> bool:
    """Whether a request is a part of a stream, in C2C or wherever else it was tried."""
    body = request.get("body")
    if not isinstance(body, dict):
        return False
    return body.get("stream") is not None or str(request.get("path")).endswith("/stream_messages")


def reading(entries: Iterable[Entry], ask: Ask) -> Reading:
    """What stands in the chat after the command, messages about other things left out."""
    bubbles: dict[str, Bubble] = {}
    last = None
    for entry in entries:
        if entry["kind"] not in ("user.stream", "user.sees"):
            continue
        if entry["id"] <= ask.message.entry_id or entry["openid"] != ask.openid:
            continue
        _show(bubbles, entry)
        last = entry["id"]
    concerned = (bubble for bubble in bubbles.values() if _concerns(bubble, ask))
    return Reading(ask, tuple(concerned), last)


def _concerns(bubble: Bubble, ask: Ask) -> bool:
    return bubble.msg_type == MEDIA or bubble.streamed or bubble.holds(ask.tokens)


def _show(bubbles: dict[str, Bubble], entry: Entry) -> None:
    known = bubbles.get(entry["message_id"])
    if entry["kind"] == "user.sees":
        streamed = entry.get("stream") is not None
        text = entry.get("text") or ""
        is_open = bool(entry.get("unfinished"))
        if known is None:
            bubbles[entry["message_id"]] = Bubble(entry["message_id"], text, entry["msg_type"], streamed, is_open)
        else:
            known.text, known.msg_type, known.is_open = text, entry["msg_type"], is_open
        return
    if known is None:
        known = bubbles[entry["message_id"]] = Bubble(entry["message_id"], "", None, streamed=True, is_open=True)
    # A part as long as the whole text is the whole text: the first one, or one that replaces what was there.
    known.text = entry["part"] if len(entry["part"]) == entry["length"] else known.text + entry["part"]
    known.is_open = known.is_open and entry["state"] < _FIRST_END


def _part(request: Entry, response: Entry | None) -> Part:
    body = request["body"]
    answer = response.get("body") if response is not None else None
    answer = answer if isinstance(answer, dict) else {}
    is_frame = body.get("stream") is None
    stream = body if is_frame else body["stream"]
    stream = stream if isinstance(stream, dict) else {}
    key = "stream_msg_id" if is_frame else "id"
    state = _integer(stream.get("input_state" if is_frame else "state"))
    status = response["status"] if response is not None else None
    text = (
        body.get("content_raw") if is_frame else (_object(body.get("markdown")).get("content") or body.get("content"))
    )
    granted = answer.get("id")
    return Part(
        id=request["id"],
        at=request["at"],
        dialect=Dialect.FRAMES if is_frame else Dialect.CHUNKS,
        stream_id=str(stream[key]) if stream.get(key) else None,
        names_null=key in stream and stream[key] is None,
        index=_integer(stream.get("index")),
        kind=body.get("content_type") if is_frame else body.get("msg_type"),
        state=state,
        ends=_FIRST_END <= state <= LAST_TEXT_STATE,
        text=text if isinstance(text, str) else "",
        has_media=body.get("media") is not None or body.get("msg_type") == MEDIA,
        answered_at=response["at"] if response is not None else None,
        status=status,
        codes=frozenset({_integer(answer.get("code")), _integer(answer.get("err_code"))}),
        granted_id=granted if isinstance(granted, str) and granted else None,
        fault=response.get("fault") if response is not None else None,
    )


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _integer(value: object) -> int:
    """A client's number; its nonsense becomes 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
