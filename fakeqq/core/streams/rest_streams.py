"""Both kinds of streams in a world: rights, anchors and ledger around the two machines, and what the user sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from fakeqq.core.errors import PlatformError
from fakeqq.core.sending import bodies, messages
from fakeqq.core.sending.links import refuse_links
from fakeqq.core.streams import streams
from fakeqq.core.streams.stream_s1 import TOO_OLD, S1Phase, S1Rules, read_chunk
from fakeqq.core.streams.stream_s2 import S2Rules, is_late, read_frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.clock import Instant
    from fakeqq.core.rest.calls import Call, Handler
    from fakeqq.core.sending.bodies import Content
    from fakeqq.core.sending.messages import Anchor
    from fakeqq.core.settings import WorldSettings
    from fakeqq.core.streams.stream_s1 import Chunk, S1Stream
    from fakeqq.core.streams.stream_s2 import Frame, S2Stream
    from fakeqq.core.world import World

_C2C: Literal["c2c"] = "c2c"
_TYPES = frozenset({bodies.TEXT, bodies.MARKDOWN})


def send_chunk(world: World, openid: str, body: dict[str, Any], now: Instant) -> dict[str, Any]:
    """A message with a `stream` object: one chunk."""
    settings = world.settings
    streams.settle(world, now)
    messages.check_sender(world)
    messages.check_target(world.people, _C2C, openid, settings)
    anchor_id, anchor = messages.find_anchor(world, _C2C, openid, body, now.world)
    msg_type = bodies.integer(body, "msg_type", bodies.TEXT)
    if msg_type not in _TYPES:
        # Clients keep media out of streams, for nobody got one in. Which row says so is our choice.
        raise PlatformError("message_type_mismatch")
    content = bodies.read_part(body, msg_type, settings)
    chunk = read_chunk(body["stream"], msg_type, content.text, null_id=settings.switch("s1_null_id") == "accepted")
    rules = _s1_rules(settings)
    msg_seq = bodies.integer(body, "msg_seq", 1)
    if anchor is not None:
        messages.check_unused(anchor, msg_seq)
    stream = world.streams.chunks.check(openid, chunk, rules, now.world)
    counts = stream is None or settings.switch("stream_reply_count") == "each"
    if anchor is not None and counts:
        messages.check_count(anchor, settings)
    elif anchor is None and stream is None:
        messages.check_proactive(world, _C2C, openid, now.world)
    if stream is not None and settings.switch("s1_msg_seq") == "increasing" and msg_seq <= stream.last_seq:
        raise PlatformError("message_duplicated")

    _spend(world, openid, anchor, msg_seq, now, counts=counts, is_first=stream is None)
    if stream is None:
        stream = world.streams.chunks.open(world.identifiers.message_id(), openid, chunk, rules, now.world)
        streams.begin(world, stream, "s1", anchor_id, msg_type, msg_seq, now)
    else:
        world.streams.chunks.advance(stream, chunk, now.world)
    stream.last_seq = msg_seq
    return _after_chunk(world, stream, chunk, content, msg_seq, now)


def send_frame(world: World, call: Call, now: Instant) -> dict[str, Any]:
    """`/stream_messages`: one frame."""
    openid, body, settings = call.params["openid"], call.body, world.settings
    streams.settle(world, now)
    messages.check_sender(world)
    messages.check_target(world.people, _C2C, openid, settings)
    frame = read_frame(body)
    is_wakeup = bodies.flag(body, "is_wakeup")
    anchor_id, anchor = messages.find_anchor(world, _C2C, openid, body, now.world, at_any_age=is_wakeup)
    refuse_links(frame.text, settings)
    rules = _s2_rules(settings)
    msg_seq = bodies.integer(body, "msg_seq", 1)
    if frame.stream_id is None and anchor is not None:
        messages.check_unused(anchor, msg_seq)
    stream = world.streams.frames.check(openid, frame, rules, now.world)
    counts = stream is None or settings.switch("stream_reply_count") == "each"
    if stream is None:
        _check_first_frame(world, openid, anchor, now, is_wakeup=is_wakeup)
        _spend(world, openid, anchor, msg_seq, now, counts=True, is_first=True, is_wakeup=is_wakeup)
        stream = world.streams.frames.open(world.identifiers.session_id(), openid, anchor_id, frame, rules, now.world)
        if settings.switch("s2_display") == "growing":
            streams.begin(world, stream, "s2", anchor_id, _frame_type(frame), msg_seq, now)
        return _after_frame(world, stream, frame, msg_seq, now, is_first=True)
    _check_later_frame(stream, anchor_id, settings)
    if settings.switch("s2_after_message") == "40007" and streams.was_answered_since(world, stream):
        raise PlatformError("stream_content_changed")
    if counts and anchor is not None:
        messages.check_count(anchor, settings)
        anchor.replies += 1
    world.streams.frames.advance(stream, frame, rules, now.world)
    answer = _after_frame(world, stream, frame, msg_seq, now, is_first=False)
    if is_late(stream, rules, now.world):
        raise PlatformError(TOO_OLD)
    return answer


STREAM_HANDLERS: Mapping[str, Handler] = {"POST /v2/users/{openid}/stream_messages": send_frame}


def _check_first_frame(world: World, openid: str, anchor: Anchor | None, now: Instant, *, is_wakeup: bool) -> None:
    if anchor is not None:
        messages.check_count(anchor, world.settings)
        return
    if world.settings.switch("s2_without_anchor") == "refused" and not is_wakeup:
        raise PlatformError("stream_internal_error")
    messages.check_proactive(world, _C2C, openid, now.world, is_wakeup=is_wakeup)


def _check_later_frame(stream: S2Stream, anchor_id: str | None, settings: WorldSettings) -> None:
    """A later frame names what the first one named; another anchor is refused, our choice."""
    if anchor_id == stream.anchor_id:
        return
    if anchor_id is not None:
        raise PlatformError("msg_id_invalid")
    if settings.switch("s2_frame_without_anchor") == "refused":
        raise PlatformError("stream_continuation_without_msg_id")


def _spend(  # noqa: PLR0913 - what a request uses up, and of whom
    world: World,
    openid: str,
    anchor: Anchor | None,
    msg_seq: int,
    now: Instant,
    *,
    counts: bool,
    is_first: bool,
    is_wakeup: bool = False,
) -> None:
    if anchor is not None:
        anchor.used_seqs.add(msg_seq)
        anchor.replies += counts
    elif is_first:
        messages.spend_proactive(world, _C2C, openid, now.world, is_wakeup=is_wakeup)


def _after_chunk(  # noqa: PLR0913 - a chunk and what became of it
    world: World, stream: S1Stream, chunk: Chunk, content: Content, msg_seq: int, now: Instant
) -> dict[str, Any]:
    streams.show_guide(world, stream, chunk.text if chunk.is_guide else "", content.guide)
    ref_index = streams.grow(
        world,
        stream,
        chunk.text,
        content.keyboard,
        now,
        dialect="s1",
        state=chunk.state,
        index=chunk.index,
        msg_seq=msg_seq,
    )
    if stream.phase is not S1Phase.GENERATING:
        streams.finish(world, stream, now, unfinished=False)
    return messages.receipt(world, stream.id, ref_index, now.world)


def _frame_type(frame: Frame) -> int:
    return bodies.MARKDOWN if frame.content_type == "markdown" else bodies.TEXT


def _after_frame(  # noqa: PLR0913 - a frame and what became of it
    world: World, stream: S2Stream, frame: Frame, msg_seq: int, now: Instant, *, is_first: bool
) -> dict[str, Any]:
    if world.settings.switch("s2_display") == "separate":
        streams.show_apart(world, stream, frame.text, _frame_type(frame), msg_seq, now, is_first=is_first)
    ref_index = streams.grow(
        world, stream, frame.text, None, now, dialect="s2", mode=frame.mode, state=10 if frame.ends else 1,
        index=frame.index, msg_seq=msg_seq,
    )  # fmt: skip
    if stream.closed:
        # The user of a stream that was cut waits for its end for ever.
        streams.finish(world, stream, now, unfinished=stream.cut)
    return {**messages.receipt(world, stream.id, ref_index, now.world), "remain_msg_len": stream.pending}


def _s1_rules(settings: WorldSettings) -> S1Rules:
    switch = settings.switch
    return S1Rules(
        index_checked=switch("s1_index") == "increasing",
        newline=switch("s1_newline"),
        second=switch("s1_second_stream"),
        life=float(switch("stream_life")),
        chunk_bytes=settings.stream_chunk_bytes,
        chunks=settings.stream_chunks,
    )


def _s2_rules(settings: WorldSettings) -> S2Rules:
    switch = settings.switch
    return S2Rules(
        second_allowed=switch("s2_second_stream") == "allowed",
        empty_close=switch("s2_empty_close") == "accepted",
        after_close=switch("s2_after_close"),
        pace=switch("s2_pace"),
        life=float(switch("stream_life")),
        paced=switch("s2_delivery") == "paced",
        cuts=switch("s2_cut") == "2048",
    )
