"""What a user sees of streams while they grow, when they end, and when nobody ends them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from fakeqq.core.people import ChatMessage
from fakeqq.core.streams.stream_s1 import S1Streams
from fakeqq.core.streams.stream_s2 import S2Streams

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.streams.stream_s1 import S1Stream
    from fakeqq.core.streams.stream_s2 import S2Stream
    from fakeqq.core.world import World

_SCENE: Literal["c2c"] = "c2c"


@dataclass(slots=True)
class Streams:
    """The streams of one world: `chunks` of one kind, `frames` of the other.

    Attributes:
        seqs: the first `msg_seq` of each stream that a user has not seen the end of, by its id.
    """

    chunks: S1Streams = field(default_factory=S1Streams)
    frames: S2Streams = field(default_factory=S2Streams)
    seqs: dict[str, int] = field(default_factory=dict)


def settle(world: World, now: Instant) -> None:
    """Deliver what is due, and end the streams whose time is over.

    Open chunks fall back to the first, frames stay as they are.
    """
    life = float(world.settings.switch("stream_life"))
    for flowing in world.streams.frames.flow(now.world):
        message = world.people.find_message(_SCENE, flowing.openid, flowing.id)
        if message is not None and message.generating:
            message.text = flowing.shown
    idle = world.settings.switch("s1_idle")
    for chunks in world.streams.chunks.settle(life, None if idle == "off" else float(idle), now.world):
        finish(world, chunks, now, unfinished=True)
    for frames in world.streams.frames.settle(life, now.world):
        finish(world, frames, now, unfinished=True)


def stop(world: World, body: Any, refusal: str) -> None:
    """From now on the stream that a request names takes no more text; one that it does not name is none of ours.

    Args:
        refusal: the error row that later parts meet.
    """
    chunk = body.get("stream") if isinstance(body, dict) else None
    named = chunk.get("id") if isinstance(chunk, dict) else None
    world.streams.chunks.stop(named, refusal)
    world.streams.frames.stop(body.get("stream_msg_id") if isinstance(body, dict) else None, refusal)


def begin(  # noqa: PLR0913 - the parts of a message
    world: World,
    stream: S1Stream | S2Stream,
    kind: Literal["s1", "s2"],
    anchor_id: str | None,
    msg_type: int,
    msg_seq: int,
    now: Instant,
) -> None:
    """Put a stream's message into the chat."""
    message = ChatMessage(
        "bot", stream.id, stream.shown, msg_type, now.world, reply_to=anchor_id, stream=kind, generating=True,
        ref_index=world.identifiers.ref_index(),
    )  # fmt: skip
    world.people.show(_SCENE, stream.openid, message)
    world.streams.seqs[stream.id] = msg_seq


def show_apart(  # noqa: PLR0913 - the parts of a message
    world: World, stream: S2Stream, text: str, msg_type: int, msg_seq: int, now: Instant, *, is_first: bool
) -> None:
    """Show one frame as a message that is whole; the id and the `ref_idx` of the answers are the first one's."""
    message = ChatMessage(
        "bot", stream.id if is_first else world.identifiers.session_id(), text, msg_type, now.world,
        reply_to=stream.anchor_id, stream="s2", ref_index=world.identifiers.ref_index(),
    )  # fmt: skip
    world.people.show(_SCENE, stream.openid, message)
    _note_seen(world, stream.openid, message, msg_seq, now, unfinished=False)


def was_answered_since(world: World, stream: S2Stream) -> bool:
    """Whether an ordinary message has answered what the stream answers since the stream began."""
    for message in reversed(world.people.conversations().get((_SCENE, stream.openid), ())):
        if message.id == stream.id:
            return False
        if message.sender == "bot" and message.stream is None and message.reply_to == stream.anchor_id:
            return stream.anchor_id is not None
    return False


def grow(
    world: World, stream: S1Stream | S2Stream, part: str, keyboard: dict[str, Any] | None, now: Instant, **details: Any
) -> str | None:
    """Show the text so far and note the part; returns the message's `ref_idx`, None when it has left the chat."""
    message = world.people.find_message(_SCENE, stream.openid, stream.id)
    if message is not None:
        if message.generating:
            message.text = stream.shown
        message.keyboard = keyboard or message.keyboard
    world.journal.append(
        now, "user.stream", scene=_SCENE, openid=stream.openid, message_id=stream.id, part=part,
        length=len(stream.shown), **details,
    )  # fmt: skip
    return message.ref_index if message else None


def show_guide(world: World, stream: S1Stream, text: str, parts: dict[str, Any]) -> None:
    """Add to the interactive part under a stream: `text` is appended, other parts take the place of earlier ones."""
    if not (text or parts):
        return
    message = world.people.find_message(_SCENE, stream.openid, stream.id)
    if message is None:
        return
    shown = message.guide or {"text": "", "prompt_keyboard": None, "action_button": None}
    message.guide = {**shown, **parts, "text": shown["text"] + text}


def finish(world: World, stream: S1Stream | S2Stream, now: Instant, *, unfinished: bool) -> None:
    """Note what the user sees in the end; once for each stream."""
    msg_seq = world.streams.seqs.pop(stream.id, None)
    message = world.people.find_message(_SCENE, stream.openid, stream.id)
    if msg_seq is None or message is None:
        return
    message.text, message.generating = stream.shown, unfinished and message.stream == "s2"
    _note_seen(world, stream.openid, message, msg_seq, now, unfinished=unfinished)


def _note_seen(  # noqa: PLR0913 - a message and what is told about it
    world: World, openid: str, message: ChatMessage, msg_seq: int, now: Instant, *, unfinished: bool
) -> None:
    world.journal.append(
        now, "user.sees", scene=_SCENE, openid=openid, message_id=message.id, text=message.text,
        msg_type=message.msg_type, reply_to=message.reply_to, msg_seq=msg_seq, proactive=message.reply_to is None,
        stream=message.stream, unfinished=unfinished,
    )  # fmt: skip
