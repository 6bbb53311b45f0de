"""What a world remembers besides people and chats, as part of its snapshot.

Each shelf keeps its memory to itself; this is the one place that looks into all of them, so that no shelf has to know
of documents. A test holds the lists here to what the shelves have.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from fakeqq.core import snapshot_promises
from fakeqq.core.budgets import Window
from fakeqq.core.guild.interactions import Interaction
from fakeqq.core.media.media import MediaFile
from fakeqq.core.media.uploads import Announced, Part, Upload
from fakeqq.core.sending.audits import Audit
from fakeqq.core.sending.quotas import Wakeups
from fakeqq.core.snapshot_promises import Day, Deliveries
from fakeqq.core.streams.stream_s1 import S1Stream
from fakeqq.core.streams.stream_s2 import S2Stream
from fakeqq.core.webhooks.webhook import WebhookSettings
from fakeqq.wire import limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.clock import Instant
    from fakeqq.core.world import World

_Time = Annotated[float, Meta(ge=0, le=32_503_680_000)]
_Age = Annotated[float, Meta(ge=0, le=32_503_680_000)]


class Timed(Struct, forbid_unknown_fields=True):
    """Moments by a pair of words, such as a scene and an openid."""

    first: str
    second: str
    moments: list[_Time]


class GuildPushes(Struct, forbid_unknown_fields=True):
    """What was sent unasked on the day `day`, counted from 1970; `spoken` by room."""

    day: int
    channels: dict[str, dict[str, int]]
    directs: dict[str, int]
    spoken: dict[str, list[_Time]]


class Streams(Struct, forbid_unknown_fields=True):
    """Both kinds, the ids of those that go on, and the first `msg_seq` of those whose end was not seen."""

    chunks: list[S1Stream]
    frames: list[S2Stream]
    open: list[str]
    seqs: dict[str, int]
    pace: list[_Time]


class UploadInParts(Struct, forbid_unknown_fields=True):
    upload_id: str
    file: Announced
    parts: list[Part]
    at: _Time


class Files(Struct, forbid_unknown_fields=True):
    """`blobs` are bytes in base64 by the names that files and parts have in this document."""

    files: list[MediaFile]
    uploads: list[UploadInParts]
    blobs: dict[str, bytes]
    today: tuple[int, int]


class ArmedFault(Struct, forbid_unknown_fields=True):
    fault: dict[str, Any]
    seen: Annotated[int, Meta(ge=0)]
    hits: Annotated[int, Meta(ge=0)]


class Shelves(Struct, forbid_unknown_fields=True):
    """Budgets are ages in seconds: two clocks count them, and only one goes on in the new world."""

    budgets: dict[str, list[_Age]]
    calls: dict[str, list[_Age]]
    sent: list[Timed]
    wakeups: dict[str, Wakeups]
    guilds: GuildPushes
    interactions: dict[str, int | None]
    audits: list[Audit]
    streams: Streams
    files: Files
    faults: list[ArmedFault]
    webhook: dict[str, Any] | None
    acks_muted: bool
    # Documents of before have no times: their interactions came with the document.
    interaction_times: dict[str, _Time] = {}
    # Nor do they have what a world had promised.
    deliveries: Deliveries | None = None
    day: Day | None = None


# The budgets by the clock that counts them.
BY_WORLD_TIME, BY_STEADY_TIME = ("starts", "token_calls", "gateway_calls"), ("recent_starts",)


def take(world: World, now: Instant) -> Shelves:
    budgets, quotas, guilds = world.budgets, vars(world.quotas), vars(world.guild_quotas)
    interactions: dict[str, Interaction] = vars(world.interactions)["_by_id"]
    return Shelves(
        budgets={name: _ages(getattr(budgets, name), now.world) for name in BY_WORLD_TIME}
        | {name: _ages(getattr(budgets, name), now.steady) for name in BY_STEADY_TIME},
        calls={name: _ages(window, now.world) for name, window in budgets.calls.items()},
        sent=[Timed(scene, openid, list(moments)) for (scene, openid), moments in quotas["_sent"].items()],
        wakeups=quotas["_wakeups"],
        guilds=GuildPushes(
            guilds["_day"], guilds["_channels"], guilds["_directs"],
            {room: list(moments) for room, moments in guilds["_spoken"].items()},
        ),
        interactions={key: row.code for key, row in interactions.items()},
        audits=list(vars(world.audits)["_by_id"].values()),
        streams=_take_streams(world),
        files=_take_files(world),
        faults=[
            ArmedFault(armed.fault.model_dump(mode="json"), armed.seen, armed.hits)
            for armed in vars(world.faults)["_armed"]
        ],
        webhook=None if world.webhook.settings is None else world.webhook.settings.model_dump(mode="json"),
        acks_muted=world.acks_muted,
        interaction_times={key: row.at for key, row in interactions.items()},
        deliveries=snapshot_promises.take_deliveries(world, now),
        day=snapshot_promises.take_day(world, now),
    )  # fmt: skip


def restore(world: World, kept: Shelves, now: Instant) -> None:
    """Fill the shelves of a fresh world.

    Raises:
        ControlError: a fault or a scenario does not exist here, or the webhook may not be pushed to from here.
    """
    for name, ages in kept.budgets.items():
        steady = name in BY_STEADY_TIME
        if steady or name in BY_WORLD_TIME:
            getattr(world.budgets, name).restore(_moments(ages, now.steady if steady else now.world))
    for name, ages in kept.calls.items():
        world.budgets.calls[name] = Window()
        world.budgets.calls[name].restore(_moments(ages, now.world))
    quotas, guilds = vars(world.quotas), vars(world.guild_quotas)
    most = int(limits.PROACTIVE_RECEIVER_PER_DAY.value)
    quotas["_sent"] = {(row.first, row.second): deque(row.moments, maxlen=most) for row in kept.sent}
    quotas["_wakeups"] = kept.wakeups
    guilds |= {"_day": kept.guilds.day, "_channels": kept.guilds.channels, "_directs": kept.guilds.directs}
    for room, moments in kept.guilds.spoken.items():
        for moment in moments:
            world.guild_quotas.spoke(room, moment)
    vars(world.interactions)["_by_id"] = OrderedDict(
        (key, Interaction(kept.interaction_times.get(key, now.world), code)) for key, code in kept.interactions.items()
    )
    for audit in kept.audits:
        world.audits.hold(audit)
    _restore_streams(world, kept.streams)
    _restore_files(world, kept.files)
    world.faults.replace([armed.fault for armed in kept.faults])
    for armed, counted in zip(vars(world.faults)["_armed"], kept.faults, strict=True):
        armed.seen, armed.hits = counted.seen, counted.hits
    if kept.webhook is not None:
        world.webhook.configure(WebhookSettings.model_validate(kept.webhook))
        snapshot_promises.restore_deliveries(world, kept.deliveries, now)
    world.acks_muted = kept.acks_muted
    snapshot_promises.restore_day(world, kept.day, now)


def _take_streams(world: World) -> Streams:
    chunks, frames = vars(world.streams.chunks), vars(world.streams.frames)
    return Streams(
        chunks=list(chunks["_by_id"].values()),
        frames=list(frames["_by_id"].values()),
        open=[*chunks["_unfinished"], *frames["_unfinished"]],
        seqs=dict(world.streams.seqs),
        pace=frames["_frames"].moments(),
    )


def _restore_streams(world: World, kept: Streams) -> None:
    for shelf, streams in ((world.streams.chunks, kept.chunks), (world.streams.frames, kept.frames)):
        by_id = {stream.id: stream for stream in streams}
        vars(shelf)["_by_id"] = OrderedDict(by_id)
        vars(shelf)["_unfinished"] = {stream_id: by_id[stream_id] for stream_id in kept.open if stream_id in by_id}
    world.streams.seqs |= kept.seqs
    vars(world.streams.frames)["_frames"].restore(kept.pace)


def _take_files(world: World) -> Files:
    files, uploads = list(vars(world.media)["_by_uuid"].values()), vars(world.uploads)["_by_id"].values()
    names = [name for file in files for name in file.blobs]
    names += [part.blob for upload in uploads for part in upload.parts if part.blob is not None]
    short = {name: str(number) for number, name in enumerate(names)}
    return Files(
        files=[replace(file, blobs=tuple(short[name] for name in file.blobs)) for file in files],
        uploads=[
            UploadInParts(upload.upload_id, upload.file, _renamed(upload.parts, short), upload.at) for upload in uploads
        ],
        blobs={short[name]: world.media.blobs.get(name) or b"" for name in names},
        today=world.uploaded,
    )


def _restore_files(world: World, kept: Files) -> None:
    """Names are made anew: the world that the document was taken of may live beside this one, on the same disk."""
    names = {name: f"restored-{world.identifiers.trace_id()}" for name in kept.blobs}
    for name, data in kept.blobs.items():
        world.media.blobs.put(names[name], data)
    for file in kept.files:
        world.media.add(replace(file, blobs=tuple(names[name] for name in file.blobs)))
    for upload in kept.uploads:
        world.uploads.restore(Upload(upload.upload_id, upload.file, _renamed(upload.parts, names), upload.at))
    world.uploaded = kept.today


def _renamed(parts: list[Part], names: Mapping[str, str]) -> list[Part]:
    return [replace(part, blob=None if part.blob is None else names[part.blob]) for part in parts]


def _ages(window: Window, now: float) -> list[float]:
    return [now - moment for moment in window.moments()]


def _moments(ages: list[float], now: float) -> list[float]:
    return [now - age for age in ages]
