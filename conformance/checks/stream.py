"""Chapter stream: one answer that grows; what counts is the text that the user finally sees.

The parts of an answer are a good second apart, as the adapter contract says, so that most of them are requests. Which
dialect the bot writes is seen on the wire, and the faults stand at the parts of either.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from conformance.harness import pace
from conformance.harness.judging import oldest, only_if, require, require_pace
from conformance.harness.streams import LAST_TEXT_STATE, MEDIA, Dialect
from conformance.harness.words.streaming import is_whole, streams_in_group
from conformance.registry import check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.harness.world import World

NEWLINE_MISSING = 40034017
TOO_OLD = "40034020"
FAILS = {"verb": "error", "name": "system_busy"}

ODD_ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "no-id": {"verb": "answer", "body": {"timestamp": "2026-03-25T15:03:20+08:00"}, "effect": "after"},
    "empty": {"verb": "empty"},
    "list": {"verb": "answer", "body": [], "effect": "after"},
}
TOO_FAST: Mapping[str, Mapping[str, Any]] = {
    "50002": {"verb": "error", "name": "stream_rate_limited"},
    "429": {"verb": "html", "status": 429},
}
TOO_LONG = {
    TOO_OLD: "stream_timed_out",
    "40054014": "stream_chunk_too_long",
    "40054015": "stream_too_many_chunks",
    "40054018": "content_too_long_or_odd",
}


@check("stream/first-chunk")
def begins_one_stream(world: World) -> None:
    """No null id, an index from its start, and one stream for one answer."""
    world.bot_is_online()
    ask = world.user_asks("stream 3", pieces=3)
    told = world.told(ask)
    parts = world.parts(ask)
    require(
        bool(parts),
        "a streamed answer, as the feature stream promises",
        f"no part of a stream: {told}",
        decisive=told.id,
    )
    first = parts[0]
    if first.dialect is Dialect.CHUNKS:
        require(not first.names_null, "no `stream.id` in the first part, or an empty one", first)
    else:
        world.prefer(not first.names_null, "no `stream_msg_id` in the first part", first)
    require(first.stream_id is None, "a first part that names no stream", first)
    require(first.index in (0, 1), "an index that begins at 0, or at 1", first)
    begun = sum(bubble.streamed for bubble in told.bubbles)
    require(begun == 1, "one stream for one answer", f"{begun} streams: {told}", decisive=told.id)


@check("stream/sequence")
def keeps_id_index_and_type(world: World) -> None:
    """The id that was returned, an index that grows, and one type."""
    world.bot_is_online()
    ask = world.user_asks("stream 4", pieces=4)
    world.told(ask)
    parts = [part for part in world.streamed_parts(ask) if part.state <= LAST_TEXT_STATE]
    only_if(len(parts) > 1, "the whole text was sent in one part")
    granted = next(part.granted_id for part in parts if part.taken)
    for part in parts[1:]:
        require(part.stream_id == granted, f"the id {granted} in every later part", part)
        require(part.kind == parts[0].kind, f"the type of the first part, {parts[0].kind}", part)
    for before, after in itertools.pairwise(parts):
        require(after.index > before.index or not before.taken, f"an index above {before.index}", after)


@check("stream/exactly-once")
def tells_each_user_everything_once(world: World) -> None:
    """Two answers grow at the same time; each is whole, and only its own."""
    world.bot_is_online()
    other_user = world.another_user()
    asks = [world.user_asks("stream 6", pieces=6), world.user_asks("stream 6", pieces=6, user=other_user)]
    for ask in asks:
        world.answered_whole(ask)
    for ask, other in zip(asks, reversed(asks), strict=True):
        told = world.reads(ask)
        require(other.tokens[0] not in told.text, "nothing of another user's answer", told)


@check("stream/closes")
def closes_its_stream(world: World) -> None:
    """A stream that nobody closes falls back to its first part, or is generated for ever."""
    world.bot_is_online()
    ask = world.user_asks("stream 3", pieces=3)
    told = world.told(ask)
    parts = world.streamed_parts(ask)
    left = world.finally_reads(ask) if told.is_open else told
    never = f"never closed; ten minutes later the user reads {left}"
    require(not told.is_open, "the stream is closed: state 10", never, decisive=parts[-1].id)
    lacking = [part for part in parts if NEWLINE_MISSING in part.codes]
    world.prefer(not lacking, "a closing chunk that ends with a newline at the first try", ", ".join(map(str, lacking)))


@check("stream/newline-error")
def repairs_the_missing_newline(world: World) -> None:
    """The refused chunk again, with what it lacked."""
    world.bot_is_online()
    world.platform_wants_newlines()
    ask = world.user_asks("stream 3", pieces=3)
    told = world.told(ask)
    parts = world.parts(ask)
    refused = [part for part in parts if NEWLINE_MISSING in part.codes]
    only_if(bool(refused), "none of its parts lacks a newline that the platform asks for")
    for part in refused:
        again = [later for later in parts if later.id > part.id and later.taken]
        require(
            bool(again) and again[0].index == part.index and again[0].text.endswith("\n"),
            f"the refused part again, with a newline, under the index {part.index}",
            again[0] if again else f"no further part was taken: {told}",
            decisive=again[0].id if again else part.id,
        )
    is_whole(told)


@check("stream/break", takes=12)
def begins_again_after_a_tool(world: World) -> None:
    """Two segments, two messages: the first closed, the second without a word of the first."""
    world.bot_is_online()
    ask = world.user_asks("stream-break", pieces=4)
    told = world.told(ask)
    world.streamed_parts(ask)
    is_whole(told)
    before, after = ask.tokens[:3], ask.tokens[3:]
    mixed = [bubble for bubble in told.bubbles if bubble.holds(before) and bubble.holds(after)]
    require(not mixed, f"{' '.join(after)} in another message than {' '.join(before)}", told)
    still_open = [bubble for bubble in told.bubbles if bubble.is_open and bubble.holds(before)]
    require(not still_open, "the stream before the break is closed", told)


@check("stream/chunk-fails", each=("once", "answer-lost", "for-good"), takes=20)
def says_nothing_twice_when_a_part_fails(world: World, how: str) -> None:
    """The text or its beginning, whatever became of the part."""
    world.bot_is_online()
    if how == "for-good":
        world.a_part_meets(3, FAILS, times=None)
    elif how == "once":
        world.a_part_meets(2, FAILS)
    else:
        world.a_part_meets(2, {"verb": "disconnect", "effect": "after"})
    ask = world.user_asks("stream 4", pieces=4)
    told = world.told(ask, until_closed=how != "for-good")
    world.the_fault_was_met()
    expected = f"once and in order, at least the beginning of: {' '.join(ask.tokens)}"
    require(told.clean and ask.tokens[0] not in told.missing, expected, told)
    world.prefer(how == "for-good" or told.whole, "the whole text, when a part fails once", told)


@check("stream/not-in-groups")
def writes_one_message_to_a_group(world: World) -> None:
    """Groups have no streams; each chunk would be a message."""
    world.bot_is_online()
    ask = world.user_asks("stream 3", pieces=3, group=world.a_group())
    told = world.answered_whole(ask)
    require(len(told.bubbles) == 1, "one message", f"{len(told.bubbles)}: {told}", decisive=told.id)
    streamed = streams_in_group(world.entries, ask)
    told_of = f"{len(streamed)} requests with `stream`"
    require(not streamed, "an ordinary message", told_of, decisive=oldest(streamed))


@check("stream/no-media", takes=12)
def sends_a_picture_outside_the_stream(world: World) -> None:
    """No part with a file; one picture; the text around it once."""
    world.bot_is_online()
    ask = world.user_asks("stream-image", pieces=2)
    told = world.told(ask)
    parts = world.parts(ask)
    only_if(bool(parts) or bool(told.pictures), "it does not know `stream-image`")
    with_media = [part for part in parts if part.has_media]
    require(not with_media, "no part of a stream with a picture", with_media[0] if with_media else "")
    require(told.pictures == 1, f"one picture, msg_type {MEDIA}", f"{told.pictures}: {told}", decisive=told.id)
    # Where the text stands beside the picture is the bot's own taste.
    require(not told.missing and not told.repeated, f"the text around it once: {' '.join(ask.tokens)}", told)


@check("stream/odd-answers", each=(*ODD_ANSWERS, "later"), takes=15)
def survives_odd_answers(world: World, what: str) -> None:
    """The first answer, which should bring the id, or a later one that nobody needs."""
    world.bot_is_online()
    world.a_part_meets(2 if what == "later" else 1, ODD_ANSWERS.get(what, ODD_ANSWERS["empty"]))
    ask = world.user_asks("stream 4", pieces=4)
    # Without its id no stream can be closed: that is not asked for.
    told = world.told(ask, until_closed=what == "later")
    world.streamed_parts(ask)
    world.the_fault_was_met()
    lacking = f"{', '.join(told.missing)} missing: {told}"
    require(not told.missing, f"all of the text: {' '.join(ask.tokens)}", lacking, decisive=told.id)
    world.prefer(not told.repeated, "nothing twice", f"{', '.join(told.repeated)} more than once: {told}")


@check("stream/too-fast", each=tuple(TOO_FAST), takes=15)
def slows_down(world: World, how: str) -> None:
    """A pause after each refusal, and nothing lost."""
    world.bot_is_online()
    world.a_part_meets(2, TOO_FAST[how], times=2)
    ask = world.user_asks("stream 4", pieces=4)
    told = world.told(ask)
    world.the_fault_was_met()
    for before, after in itertools.pairwise(world.parts(ask)):
        if before.fault is not None and before.answered_at is not None:
            pause, least = after.at - before.answered_at, pace.STREAM_PAUSE.seconds
            expected, seen = f"a pause of {least:.1f} s or more after {how}", f"{pause:.2f} s: {after}"
            require_pace(pause >= least, expected, seen, off_by=least - pause, decisive=after.id)
    is_whole(told)


@check("stream/too-long", each=tuple(TOO_LONG), takes=15)
def goes_on_in_another_message(world: World, code: str) -> None:
    """This stream shows what it has; another message holds the rest."""
    world.platform_takes_a_second_stream()
    world.bot_is_online()
    world.a_part_meets(3, {"verb": "stop-stream", "name": TOO_LONG[code]})
    ask = world.user_asks("stream 4", pieces=4)
    told = world.told(ask, until_closed=code != TOO_OLD)
    world.the_fault_was_met()
    is_whole(told)
    if code != TOO_OLD:
        # What is full can be closed, and falls back to its first chunk if it is not.
        is_whole(world.finally_reads(ask))
