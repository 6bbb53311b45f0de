"""Streams of frames on `/v2/users/{openid}/stream_messages`: text is appended, or replaced by a longer one.

What was delivered can only be extended. Everything accepted counts as delivered at once, as `remain_msg_len` 0 of
https://github.com/tencent-connect/openclaw-qqbot/issues/252 says, unless the world's rules let text wait: then what
waits may still be replaced, as the documents' SentContent and Pending have it. A check changes nothing: a rejected
frame consumes nothing, except a late one, which takes effect and is refused all the same (a public production report).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Literal

from fakeqq.core.budgets import Window
from fakeqq.core.errors import PlatformError
from fakeqq.core.sending.bodies import integer
from fakeqq.core.streams.stream_s1 import TOO_OLD
from fakeqq.wire import limits

# Streams one world remembers, closed ones included. Our choice.
STREAM_LIMIT = 10_000

_GENERATING, _END = 1, 10
_PER_SECOND = limits.STREAM_MESSAGES_PER_SECOND.value
_SPACING = 0.3
_FRAME_BYTES = limits.S2_FRAME_BYTES.value
_PER_SECOND_DELIVERED = limits.S2_DELIVERED_PER_SECOND.value
_CUT_BYTES = limits.S2_CUT_BYTES.value


@dataclass(frozen=True, slots=True)
class S2Rules:
    """The contested rules as the world's switches have them; `life` in seconds.

    Attributes:
        paced: whether accepted text reaches the user bit by bit.
        cuts: whether what makes a stream too long is dropped without a word.
    """

    second_allowed: bool
    empty_close: bool
    after_close: str
    pace: str
    life: float
    paced: bool = False
    cuts: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """One request's part of a stream.

    Attributes:
        stream_id: None on the first frame.
        ends: whether it is the last.
    """

    stream_id: str | None
    mode: Literal["append", "replace"]
    ends: bool
    index: int
    content_type: Literal["text", "markdown"]
    text: str


@dataclass(slots=True)
class S2Stream:
    """One stream.

    Attributes:
        anchor_id: what its first frame answered, or None.
        text: what was accepted, in all.
        opened_at: world time of its first frame.
        touched_at: world time of its latest.
        refusal: the error row that further text meets, or None.
        pending: how many characters at the end of the text have not been delivered.
        flowed_at: world time up to which delivery is counted, while something is pending.
        cut: whether it has become too long, so that nothing has an effect any more.
    """

    id: str
    openid: str
    anchor_id: str | None
    content_type: Literal["text", "markdown"]
    text: str
    index: int
    opened_at: float
    touched_at: float
    closed: bool = False
    refusal: str | None = None
    pending: int = 0
    flowed_at: float = 0.0
    cut: bool = False

    @property
    def shown(self) -> str:
        """What the user sees: the text that was delivered."""
        return self.text[: len(self.text) - self.pending]


def read_frame(body: dict[str, Any]) -> Frame:
    """The frame in a request; every field has a default, as the documents' table demands none.

    Raises:
        PlatformError: a field is of the wrong form. Which row says so is our choice.
    """
    mode = _one_of(body.get("input_mode"), ("append", "replace"))
    content_type = _one_of(body.get("content_type"), ("text", "markdown"))
    text = body.get("content_raw")
    stream_id = body.get("stream_msg_id")
    if not isinstance(text, str | None) or not isinstance(stream_id, str | None):
        raise PlatformError("request_malformed")
    state, index = integer(body, "input_state", _GENERATING), integer(body, "index", 0)
    if state not in {_GENERATING, _END} or index < 0:
        raise PlatformError("request_malformed")
    return Frame(stream_id or None, mode, state == _END, index, content_type, text or "")


class S2Streams:
    """The streams of one world."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[str, S2Stream] = OrderedDict()
        self._unfinished: dict[str, S2Stream] = {}
        self._frames = Window()

    def check(self, openid: str, frame: Frame, rules: S2Rules, now: float) -> S2Stream | None:
        """The stream that an acceptable frame continues; None when it begins one.

        Raises:
            PlatformError: the row that refuses the frame.
        """
        if rules.pace == "50-per-second" and self._frames.count(now, 1.0) >= _PER_SECOND:
            raise PlatformError("stream_rate_limited")
        if frame.stream_id is None:
            self._check_first(openid, frame, rules, now)
            stream = None
        else:
            stream = self._check_later(openid, frame.stream_id, frame, rules, now)
        if _size(frame.text) > _FRAME_BYTES:
            raise PlatformError("content_too_long_or_odd")
        return stream

    def open(  # noqa: PLR0913 - a frame and what it begins
        self, stream_id: str, openid: str, anchor_id: str | None, frame: Frame, rules: S2Rules, now: float
    ) -> S2Stream:
        """Begin a stream with a checked frame, which the user sees at once."""
        cut = _cuts(frame.text, rules)
        text = "" if cut else frame.text
        stream = S2Stream(stream_id, openid, anchor_id, frame.content_type, text, frame.index, now, now, cut=cut)
        self._by_id[stream_id] = self._unfinished[stream_id] = stream
        if len(self._by_id) > STREAM_LIMIT:
            evicted, _ = self._by_id.popitem(last=False)
            self._unfinished.pop(evicted, None)
        self._took(stream, frame, now)
        return stream

    def advance(self, stream: S2Stream, frame: Frame, rules: S2Rules, now: float) -> None:
        """Continue a stream with a checked frame."""
        text = frame.text if frame.mode == "replace" else stream.text + frame.text
        stream.cut = stream.cut or _cuts(text, rules)
        stream.index = frame.index
        if not stream.cut:
            delivered = len(stream.shown)
            if not stream.pending:
                stream.flowed_at = now
            stream.text = text
            flows = rules.paced and not frame.ends and stream.id in self._unfinished
            stream.pending = len(text) - delivered if flows else 0
        self._took(stream, frame, now)

    def flow(self, now: float) -> list[S2Stream]:
        """Deliver what is due by now; returns the streams of which the user sees more."""
        return [stream for stream in self._unfinished.values() if _flow(stream, now)]

    def stop(self, stream_id: Any, refusal: str) -> None:
        """This stream takes no more text."""
        stream = self._by_id.get(stream_id) if isinstance(stream_id, str) else None
        if stream is not None:
            stream.refusal = refusal

    def settle(self, life: float, now: float) -> list[S2Stream]:
        """Give up the streams that were not ended in time; what was delivered by then stays. Returns them."""
        over = [stream for stream in self._unfinished.values() if now - stream.opened_at > life]
        for stream in over:
            del self._unfinished[stream.id]
        return over

    def _check_first(self, openid: str, frame: Frame, rules: S2Rules, now: float) -> None:
        if frame.ends and not frame.text:
            raise PlatformError("content_invalid")
        if rules.second_allowed:
            return
        for other in self._unfinished.values():
            if other.openid == openid and not is_late(other, rules, now):
                raise PlatformError("stream_other_active")

    def _check_later(self, openid: str, stream_id: str, frame: Frame, rules: S2Rules, now: float) -> S2Stream:
        stream = self._by_id.get(stream_id)
        if stream is None or stream.openid != openid:
            # Nobody knows what an unknown stream meets. Our choice.
            raise PlatformError("stream_ended")
        if stream.closed:
            raise PlatformError("stream_content_changed" if rules.after_close == "40007" else "stream_ended")
        if rules.pace == "300-ms" and now - stream.touched_at < _SPACING:
            raise PlatformError("stream_rate_limited")
        if frame.index <= stream.index:
            raise PlatformError("stream_index_not_increasing")
        if stream.refusal not in (None, TOO_OLD) and _adds(frame, stream):
            raise PlatformError(stream.refusal)
        if frame.mode == "replace" and not frame.text.startswith(stream.shown):
            raise PlatformError("stream_content_changed")
        if frame.mode == "append" and frame.ends and not frame.text and not rules.empty_close:
            raise PlatformError("stream_content_changed")
        return stream

    def _took(self, stream: S2Stream, frame: Frame, now: float) -> None:
        stream.touched_at = now
        self._frames.note(now)
        if frame.ends:
            stream.closed = True
            self._unfinished.pop(stream.id, None)


def is_late(stream: S2Stream, rules: S2Rules, now: float) -> bool:
    """Whether a frame of this stream is refused although it took effect."""
    return now - stream.opened_at > rules.life or stream.refusal == TOO_OLD


def _flow(stream: S2Stream, now: float) -> bool:
    """Deliver what is due of one stream; whether that was anything."""
    due = min(stream.pending, int((now - stream.flowed_at) * _PER_SECOND_DELIVERED)) if stream.pending else 0
    stream.pending -= due
    stream.flowed_at += due / _PER_SECOND_DELIVERED
    return due > 0


def _cuts(text: str, rules: S2Rules) -> bool:
    """Whether a stream of this text has become too long without being told."""
    return rules.cuts and _size(text) > _CUT_BYTES


def _size(text: str) -> int:
    """Bytes of a text on the wire."""
    return len(text.encode("utf-8", "surrogatepass"))


def _adds(frame: Frame, stream: S2Stream) -> bool:
    """Whether a frame has text that the stream has not."""
    return frame.text != stream.text if frame.mode == "replace" else frame.text != ""


def _one_of(value: Any, known: tuple[Any, Any]) -> Any:
    """One of two words; the first when nothing is said."""
    if value is None:
        return known[0]
    if value not in known:
        raise PlatformError("request_malformed")
    return value
