"""What a fault can do, one model per verb. The same models check TOML, the control API and the docs."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

# The kinds of moment a fault can stand at.
HTTP, STREAM, CONNECT, FRAME, RECEIVE, WEBHOOK = "http", "stream", "connect", "frame", "receive", "webhook"
# A part of a stream is a call like any other.
_CALL = frozenset({HTTP, STREAM})

# Nothing a test stages lasts longer than a day; a typing error such as milliseconds for seconds is noticed. Our choice.
_Seconds = Annotated[float, Field(ge=0, le=86_400, description="seconds at the world's speed")]
# RFC 6455 §5.5: a close frame carries at most 125 bytes, two of them the code.
_REASON_BYTES = 123
# RFC 6455 §7.4 and IANA's registry: codes below 3000 that an endpoint may send in a close frame.
_REGISTERED_CODES = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015)})


def _sendable_code(code: int) -> int:
    if code < 3000 and code not in _REGISTERED_CODES:
        raise ValueError(f"{code} is not a code that a close frame may carry; 1006 is what a drop looks like")
    return code


def _sendable_reason(reason: str) -> str:
    if len(reason.encode()) > _REASON_BYTES:
        raise ValueError(f"a close frame has room for a reason of {_REASON_BYTES} bytes in UTF-8")
    return reason


CloseCode = Annotated[int, Field(ge=1000, le=4999), AfterValidator(_sendable_code)]
CloseReason = Annotated[str, AfterValidator(_sendable_reason)]
# RFC 9110 §5.5: what a field value may hold, without the bytes beyond ASCII.
_HeaderValue = Annotated[str, Field(pattern=r"^[\x20-\x7e]*$")]


class _Verb(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    moments: ClassVar[frozenset[str]] = frozenset()


_Effect = Annotated[
    Literal["before", "after"], Field(description="`after`: the request has its effect, and is answered like this")
]


class Error(_Verb):
    """Answer with a known error row, in the platform's own words; the request has no effect, or has it all the same."""

    moments = _CALL
    verb: Literal["error"]
    name: Annotated[str, Field(description="an error row, see docs/PROVENANCE.md")]
    effect: _Effect = "before"


class Answer(_Verb):
    """Answer with exactly this; the request has no effect, or has it all the same."""

    moments = _CALL
    verb: Literal["answer"]
    status: Annotated[int, Field(ge=200, le=599)] = 200
    body: Any = None
    content_type: _HeaderValue | None = None
    effect: _Effect = "before"


class Empty(_Verb):
    """The true answer's status without its body."""

    moments = _CALL
    verb: Literal["empty"]


class Truncate(_Verb):
    """Announce the true length, send only the first bytes, then close the connection."""

    moments = _CALL
    verb: Literal["truncate"]
    bytes: Annotated[int, Field(ge=0)]


class Malformed(_Verb):
    """The true answer with its last byte missing, so that it is not JSON; the length is right."""

    moments = _CALL
    verb: Literal["malformed"]


class Html(_Verb):
    """A proxy's error page instead of the platform's answer."""

    moments = _CALL
    verb: Literal["html"]
    status: Literal[403, 413, 429, 500, 502, 503, 504] = 502


class Alter(_Verb):
    """The true answer with other values, or without some keys; dotted paths lead into nested objects."""

    moments = _CALL
    verb: Literal["alter"]
    put: Annotated[dict[str, Any], Field(description="path → value")] = {}
    without: Annotated[list[str], Field(description="paths of keys that are left out")] = []


class ContentType(_Verb):
    """The true answer under another content type."""

    moments = _CALL
    verb: Literal["content-type"]
    value: _HeaderValue


class Delay(_Verb):
    """The true answer, frame or delivery, later."""

    moments = _CALL | frozenset({FRAME, CONNECT, WEBHOOK})
    verb: Literal["delay"]
    seconds: _Seconds


class Hang(_Verb):
    """Take the request, or the upgrade, and never answer."""

    moments = _CALL | frozenset({CONNECT})
    verb: Literal["hang"]


class Disconnect(_Verb):
    """Close the TCP connection without a word; an HTTP request's effect is kept or not."""

    moments = _CALL | frozenset({CONNECT, FRAME, RECEIVE})
    verb: Literal["disconnect"]
    effect: Annotated[Literal["before", "after"], Field(description="http only: drop before or after the effect")] = (
        "before"
    )


class StopStream(_Verb):
    """The stream takes no more from this part on: it is refused with an error row, and so are all later ones.

    A last part that adds no text is taken all the same, except when the stream is too old (`stream_timed_out`); a frame
    that is too old takes effect and is refused.
    """

    moments = frozenset({STREAM})
    verb: Literal["stop-stream"]
    name: Annotated[str, Field(description="an error row, see docs/PROVENANCE.md")]


class Refuse(_Verb):
    """Refuse the WebSocket upgrade with an HTTP status."""

    moments = frozenset({CONNECT})
    verb: Literal["refuse"]
    status: Annotated[int, Field(ge=400, le=599)] = 503


class Drop(_Verb):
    """The frame is not sent; a delivery is lost on its way and counts as not acknowledged."""

    moments = frozenset({FRAME, WEBHOOK})
    verb: Literal["drop"]


class Twice(_Verb):
    """The frame is sent, or the delivery made, two times, byte for byte."""

    moments = frozenset({FRAME, WEBHOOK})
    verb: Literal["twice"]


class Swap(_Verb):
    """The frame is sent after the next one; a delivery is made when the next one has its answer."""

    moments = frozenset({FRAME, WEBHOOK})
    verb: Literal["swap"]


class Send(_Verb):
    """Another frame is sent first; op 7 and op 9 mean what they say, as if the platform had sent them itself."""

    moments = frozenset({FRAME, RECEIVE})
    verb: Literal["send"]
    frame: dict[str, Any]


class Garbage(_Verb):
    """Text that is not JSON is sent instead of the frame."""

    moments = frozenset({FRAME})
    verb: Literal["garbage"]


class Close(_Verb):
    """Close with a code, after the frame; a received frame is not handled."""

    moments = frozenset({FRAME, RECEIVE})
    verb: Literal["close"]
    code: CloseCode
    reason: CloseReason | None = None


class Ignore(_Verb):
    """The bot's frame is not handled."""

    moments = frozenset({RECEIVE})
    verb: Literal["ignore"]


class InvalidSession(_Verb):
    """Op 9 after the frame, or instead of handling the bot's; a close may follow."""

    moments = frozenset({FRAME, RECEIVE})
    verb: Literal["invalid-session"]
    resumable: bool = False
    then_close: CloseCode | None = None
    after: _Seconds = 0.0


class Reconnect(_Verb):
    """Op 7 after the frame, or instead of handling the bot's, then the close; `then_close` "never" withholds it."""

    moments = frozenset({FRAME, RECEIVE})
    verb: Literal["reconnect"]
    then_close: CloseCode | Literal["never"] = 4009
    after: _Seconds = 0.0


class Heartbeat(_Verb):
    """The server sends a heartbeat of its own, op 1, first."""

    moments = frozenset({FRAME, RECEIVE})
    verb: Literal["heartbeat"]


class UnknownOp(_Verb):
    """A frame with an op of no meaning is sent first."""

    moments = frozenset({FRAME, RECEIVE})
    verb: Literal["unknown-op"]
    op: Annotated[int, Field(ge=0, le=1_000_000)] = 99


class UnknownEvent(_Verb):
    """A dispatch nobody has documented yet follows the frame; it takes a number of its own."""

    moments = frozenset({FRAME, RECEIVE})
    verb: Literal["unknown-event"]
    type: Annotated[str, Field(min_length=1, max_length=100)] = "FAKEQQ_UNKNOWN_EVENT"


class Oversized(_Verb):
    """The frame carries one unknown key more that blows it up; aiohttp refuses 4 MiB by default, websockets 1 MiB."""

    moments = frozenset({FRAME})
    verb: Literal["oversized"]
    bytes: Annotated[int, Field(ge=1, le=8 * 1024 * 1024)] = 5 * 1024 * 1024


class Reset(_Verb):
    """End the TCP connection with RST: before or after a request's effect, or after the frame or the delivery."""

    moments = _CALL | frozenset({CONNECT, FRAME, RECEIVE, WEBHOOK})
    verb: Literal["reset"]
    effect: Annotated[Literal["before", "after"], Field(description="http only: reset before or after the effect")] = (
        "before"
    )


class HalfOpen(_Verb):
    """The server reads nothing more and keeps the socket, where later faults count, too; a request gets no answer."""

    moments = _CALL | frozenset({FRAME, RECEIVE})
    verb: Literal["half-open"]


class Stall(_Verb):
    """Nothing more leaves and the socket stays open: frames from this one on, or the rest of an answer's body."""

    moments = _CALL | frozenset({FRAME, RECEIVE})
    verb: Literal["stall"]
    bytes: Annotated[int, Field(ge=0, description="http only: how much of the body leaves first")] = 0


class SlowDrip(_Verb):
    """From this frame on, or for this answer's body, only so many bytes a second leave."""

    moments = _CALL | frozenset({FRAME, RECEIVE})
    verb: Literal["slow-drip"]
    bytes_per_second: Annotated[float, Field(ge=1, le=1_000_000)]


class Cut(_Verb):
    """Only the first bytes of the frame, or of the delivery's request, leave, then the TCP connection is gone."""

    moments = frozenset({FRAME, WEBHOOK})
    verb: Literal["cut"]
    bytes: Annotated[int, Field(ge=0)]


VERBS: tuple[type[_Verb], ...] = (
    Error, Answer, Empty, Truncate, Malformed, Alter, Html, ContentType, Delay, Hang, Disconnect, StopStream, Refuse,
    Drop, Twice, Swap, Send, Garbage, Close, Ignore, InvalidSession,
    Reconnect, Heartbeat, UnknownOp, UnknownEvent, Oversized, Reset, HalfOpen, Stall, SlowDrip, Cut,
)  # fmt: skip

Verb = Annotated[
    Error | Answer | Empty | Truncate | Malformed | Alter | Html | ContentType | Delay | Hang | Disconnect
    | StopStream | Refuse | Drop | Twice | Swap | Send | Garbage | Close | Ignore | InvalidSession
    | Reconnect | Heartbeat | UnknownOp | UnknownEvent | Oversized | Reset | HalfOpen | Stall | SlowDrip | Cut,
    Field(discriminator="verb"),
]  # fmt: skip


def code_or_none(then_close: int | Literal["never"]) -> int | None:
    """The close code that follows op 7 or op 9, or None where no close does."""
    return None if then_close == "never" else then_close


def verb_name(verb: type[_Verb]) -> str:
    """The word that names a verb in JSON, e.g. `content-type`."""
    (name,) = verb.model_fields["verb"].annotation.__args__  # type: ignore[union-attr]
    return str(name)


def verbs_for(kind: str) -> list[str]:
    """The verbs that can stand at a kind of moment."""
    return [verb_name(verb) for verb in VERBS if kind in verb.moments]
