"""Streams of chunks on `/v2/users/{openid}/messages`: the `stream` object, whose text the server concatenates.

States 1 to 5 generate text and 6 to 10 end it; 11 to 15 then generate an interactive part and 16 to 20 end that
(https://bot.q.qq.com/wiki, sending C2C messages, July 2026). A check changes nothing: a rejected chunk consumes
neither its index nor anything else.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from fakeqq.core.errors import PlatformError
from fakeqq.core.sending.bodies import MARKDOWN, integer

# Streams one world remembers, ended ones included. Our choice.
STREAM_LIMIT = 10_000

# The error row of a stream whose time is over.
TOO_OLD = "stream_timed_out"

_LAST_TEXT_STATE, _LAST_STATE = 10, 20
_FIRST_END, _FIRST_GUIDE, _FIRST_GUIDE_END = 6, 11, 16


class S1Phase(Enum):
    """Where a stream stands."""

    GENERATING = auto()
    ENDED = auto()
    GUIDE = auto()
    GUIDE_ENDED = auto()
    SUPERSEDED = auto()
    ROLLED_BACK = auto()


@dataclass(frozen=True, slots=True)
class S1Rules:
    """The contested rules as the world's switches have them; sizes in bytes, `life` in seconds."""

    index_checked: bool
    newline: str
    second: str
    life: float
    chunk_bytes: int
    chunks: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """One request's part of a stream.

    Attributes:
        stream_id: None on the first chunk.
        reset: the text so far is dropped.
    """

    stream_id: str | None
    state: int
    index: int
    reset: bool
    msg_type: int
    text: str

    @property
    def is_guide(self) -> bool:
        """Whether it belongs to the interactive part, which comes after the text."""
        return self.state > _LAST_TEXT_STATE


@dataclass(slots=True)
class S1Stream:
    """One stream.

    Attributes:
        text: what the user sees now.
        first_text: what is left when it is never ended.
        opened_at: world time.
        touched_at: world time of the latest chunk.
        last_seq: `msg_seq` of the latest chunk.
        refusal: the error row that further text meets, or None.
    """

    id: str
    openid: str
    msg_type: int
    first_text: str
    text: str
    index: int
    opened_at: float
    phase: S1Phase = S1Phase.GENERATING
    chunks: int = 1
    last_seq: int = 0
    touched_at: float = 0.0
    refusal: str | None = None

    @property
    def shown(self) -> str:
        """What the user sees: all of it."""
        return self.text


def read_chunk(stream: Any, msg_type: int, text: str, *, null_id: bool) -> Chunk:
    """The `stream` object of a request.

    Args:
        null_id: whether an id that is null counts as none; an empty one always does.

    Raises:
        PlatformError: it is not of the documented form. Which row says so is our choice.
    """
    if not isinstance(stream, dict):
        raise PlatformError("request_malformed")
    stream_id, reset = stream.get("id", ""), stream.get("reset")
    if stream_id is None and not null_id:
        raise PlatformError("request_malformed")
    if not isinstance(stream_id, str | None) or not isinstance(reset, bool | None):
        raise PlatformError("request_malformed")
    # botgo leaves an index of zero out.
    state, index = integer(stream, "state", 0), integer(stream, "index", 0)
    if not 1 <= state <= _LAST_STATE or index < 0:
        raise PlatformError("request_malformed")
    return Chunk(stream_id or None, state, index, reset is True, msg_type, text)


class S1Streams:
    """The streams of one world."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[str, S1Stream] = OrderedDict()
        self._unfinished: dict[str, S1Stream] = {}

    def check(self, openid: str, chunk: Chunk, rules: S1Rules, now: float) -> S1Stream | None:
        """The stream that an acceptable chunk continues; None when it begins one.

        Raises:
            PlatformError: the row that refuses the chunk.
        """
        if chunk.stream_id is None:
            self._check_first(openid, chunk, rules, now)
            stream = None
        else:
            stream = self._check_later(openid, chunk.stream_id, chunk, rules, now)
        if len(chunk.text.encode("utf-8", "surrogatepass")) > rules.chunk_bytes:
            raise PlatformError("stream_chunk_too_long")
        if _lacks_newline(chunk, rules.newline):
            raise PlatformError("stream_newline_missing")
        return stream

    def open(self, stream_id: str, openid: str, chunk: Chunk, rules: S1Rules, now: float) -> S1Stream:
        """Begin a stream with a checked chunk."""
        if rules.second == "supersedes":
            for other in self._unfinished.values():
                if other.openid == openid:
                    other.phase = S1Phase.SUPERSEDED
        stream = S1Stream(stream_id, openid, chunk.msg_type, chunk.text, chunk.text, chunk.index, now, touched_at=now)
        self._by_id[stream_id] = self._unfinished[stream_id] = stream
        if len(self._by_id) > STREAM_LIMIT:
            evicted, _ = self._by_id.popitem(last=False)
            self._unfinished.pop(evicted, None)
        self._enter(stream, chunk.state)
        return stream

    def advance(self, stream: S1Stream, chunk: Chunk, now: float) -> None:
        """Continue a stream with a checked chunk."""
        if chunk.reset:
            stream.text = stream.first_text = chunk.text
        elif not chunk.is_guide:
            stream.text += chunk.text
        stream.index, stream.touched_at = chunk.index, now
        stream.chunks += 1
        self._enter(stream, chunk.state)

    def stop(self, stream_id: Any, refusal: str) -> None:
        """This stream takes no more text."""
        stream = self._by_id.get(stream_id) if isinstance(stream_id, str) else None
        if stream is not None:
            stream.refusal = refusal

    def settle(self, life: float, idle: float | None, now: float) -> list[S1Stream]:
        """Roll back the streams that were not ended, or not continued, in time; returns them."""
        over = [
            stream
            for stream in self._unfinished.values()
            if now - stream.opened_at > life or (idle is not None and now - stream.touched_at > idle)
        ]
        for stream in over:
            del self._unfinished[stream.id]
            stream.text = stream.first_text
            stream.phase = S1Phase.ROLLED_BACK
        return over

    def _check_first(self, openid: str, chunk: Chunk, rules: S1Rules, now: float) -> None:
        if chunk.is_guide or chunk.reset:
            raise PlatformError("request_malformed")
        if rules.second != "refused":
            return
        for other in self._unfinished.values():
            if other.openid == openid and now - other.opened_at <= rules.life and other.refusal != TOO_OLD:
                raise PlatformError("stream_other_active")

    def _check_later(self, openid: str, stream_id: str, chunk: Chunk, rules: S1Rules, now: float) -> S1Stream:
        stream = self._by_id.get(stream_id)
        if stream is None or stream.openid != openid:
            # An unknown stream meets what a forgotten one meets. Our choice.
            raise PlatformError("stream_ended")
        if stream.phase is S1Phase.SUPERSEDED:
            raise PlatformError("stream_superseded")
        if now - stream.opened_at > rules.life or stream.phase is S1Phase.ROLLED_BACK:
            raise PlatformError(TOO_OLD)
        _check_phase(stream, chunk)
        if stream.refusal is not None and (chunk.text.strip() or stream.refusal == TOO_OLD):
            raise PlatformError(stream.refusal)
        if chunk.msg_type != stream.msg_type:
            raise PlatformError("stream_type_mismatch")
        if rules.index_checked and not chunk.reset and chunk.index <= stream.index:
            raise PlatformError("stream_index_not_increasing")
        if stream.chunks >= rules.chunks:
            raise PlatformError("stream_too_many_chunks")
        return stream

    def _enter(self, stream: S1Stream, state: int) -> None:
        if state >= _FIRST_GUIDE_END:
            stream.phase = S1Phase.GUIDE_ENDED
        elif state >= _FIRST_GUIDE:
            stream.phase = S1Phase.GUIDE
        elif state >= _FIRST_END:
            stream.phase = S1Phase.ENDED
        if stream.phase is not S1Phase.GENERATING:
            self._unfinished.pop(stream.id, None)


def _check_phase(stream: S1Stream, chunk: Chunk) -> None:
    """Text while it is generated, then the interactive part, each until its end."""
    if stream.phase is S1Phase.GENERATING:
        if chunk.is_guide:
            raise PlatformError("request_malformed")
    elif not chunk.is_guide or chunk.reset:
        raise PlatformError("stream_ended")
    elif stream.phase is S1Phase.GUIDE_ENDED:
        raise PlatformError("stream_guide_ended")


def _lacks_newline(chunk: Chunk, newline: str) -> bool:
    if newline == "off" or chunk.msg_type != MARKDOWN or chunk.is_guide:
        return False
    if newline == "final":
        # The documents allow an empty last chunk.
        return chunk.state >= _FIRST_END and chunk.text != "" and not chunk.text.endswith("\n")
    return chunk.text != "" and not chunk.text.endswith("\n")
