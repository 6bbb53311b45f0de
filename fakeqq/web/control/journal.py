"""Journal routes: read, follow, and wait for evidence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, StreamingResponse

from fakeqq.core.errors import ControlError, unknown
from fakeqq.core.journal import Entry, Journal, Pattern
from fakeqq.web.control.models import Count, Wait
from fakeqq.web.control.state import InWorld, Server
from fakeqq.wire.journal_kinds import KINDS

router = APIRouter(tags=["journal"])

# Entries in one answer; more are fetched by asking again with `since`. Our choice.
_PAGE = 10_000

Since = Annotated[int, Query(ge=0, description="the last entry id already seen")]
Limit = Annotated[int, Query(ge=1, le=_PAGE)]
Kind = Annotated[str | None, Query(description="only entries of this kind, e.g. ws.in")]


@router.get("/journal")
async def server_journal(server: Server, since: Since = 0, limit: Limit = 1000, kind: Kind = None) -> dict[str, Any]:
    """What belongs to no world: sockets that never said who they are, requests of unknown bots."""
    return _page(server.platform.journal, since, limit, kind)


@router.post("/journal/flush")
async def flush_journal(server: Server) -> dict[str, int]:
    """Answers when everything noted so far is in the file of `--journal` and survives the death of the server."""
    if server.journal_file is None:
        message = "this server keeps no journal file; start it with --journal FILE"
        raise ControlError("no_journal_file", message, status=409)
    kept = await server.journal_file.flush()
    if kept["lost"]:
        message = f"{kept['lost']} entries could not be kept: {kept['error'] or 'too many were waiting'}"
        raise ControlError("journal_incomplete", message, status=409)
    return {"stored": kept["stored"]}


@router.get("/worlds/{app_id}/journal")
async def world_journal(world: InWorld, since: Since = 0, limit: Limit = 1000, kind: Kind = None) -> dict[str, Any]:
    """Entries with an id above `since`, oldest first; `next` is what to pass as `since` the next time."""
    return _page(world.journal, since, limit, kind)


@router.post("/worlds/{app_id}/journal/count")
async def count_entries(world: InWorld, body: Count) -> dict[str, int]:
    pattern = Pattern(body.where)
    return {"count": sum(pattern.matches(entry) for entry in world.journal.since(body.since))}


@router.post(
    "/worlds/{app_id}/journal/wait",
    responses={
        408: {"description": "it did not happen in time"},
        409: {"description": "the world was deleted or reset before it happened"},
    },
)
async def wait_for_entries(world: InWorld, body: Wait) -> Any:
    """Answer as soon as the evidence is there; at the time-out, with what came nearest."""
    pattern = Pattern(body.where)
    matched = await wait_for(world.journal, pattern, body)
    if len(matched) == body.count:
        return {"entries": matched, "next": matched[-1]["id"]}
    message = f"{len(matched)} of {body.count} matching entries came within {body.timeout} s"
    answer = {
        "error": {"code": "timeout", "message": message, "suggestion": None},
        "matched": len(matched),
        "nearest": world.journal.nearest(pattern, body.since),
    }
    return JSONResponse(answer, status_code=408)


@router.get("/worlds/{app_id}/journal/stream", response_class=StreamingResponse)
async def stream(world: InWorld, since: Since = 0) -> StreamingResponse:
    """Server-sent events: each entry as one `data:` line, its id as the event's id. Ends when the world is gone."""
    return StreamingResponse(_events(world.journal, since), media_type="text/event-stream")


async def wait_for(journal: Journal, pattern: Pattern, wait: Wait) -> list[Entry]:
    """The first `count` matching entries, or fewer at the time-out.

    Raises:
        ControlError: the world was deleted or reset before they came.
    """
    matched: list[Entry] = []
    done = asyncio.Event()

    def look(entry: Entry) -> None:
        if len(matched) < wait.count and entry["id"] > wait.since and pattern.matches(entry):
            matched.append(entry)
            if len(matched) == wait.count:
                done.set()

    for entry in journal.since(wait.since):
        look(entry)
    journal.listeners.append(look)
    journal.on_end.append(done.set)
    try:
        if not done.is_set():
            await asyncio.wait_for(done.wait(), wait.timeout)
    except TimeoutError:
        pass
    finally:
        journal.listeners.remove(look)
        journal.on_end.remove(done.set)
    if journal.has_ended and len(matched) < wait.count:
        raise ControlError("world_gone", "the world was deleted or reset while you waited", status=409)
    return matched


async def _events(journal: Journal, since: int) -> AsyncIterator[bytes]:
    news = asyncio.Event()

    def ring(_: Entry) -> None:
        news.set()

    journal.listeners.append(ring)
    journal.on_end.append(news.set)
    try:
        while True:
            news.clear()
            is_last = journal.has_ended
            for entry in journal.since(since):
                since = entry["id"]
                yield b"id: %d\ndata: %s\n\n" % (since, msgspec.json.encode(entry))
            if is_last:
                return
            await news.wait()
    finally:
        journal.listeners.remove(ring)
        journal.on_end.remove(news.set)


def _page(journal: Journal, since: int, limit: int, kind: str | None) -> dict[str, Any]:
    if kind is not None and kind not in KINDS:
        raise unknown("kind", kind, KINDS)
    entries: list[Entry] = []
    last = since
    for entry in journal.since(since):
        if len(entries) == limit:
            break
        last = entry["id"]
        if kind in (None, entry["kind"]):
            entries.append(entry)
    return {"entries": entries, "next": last}
