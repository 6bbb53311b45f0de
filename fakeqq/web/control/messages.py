"""What the bot sent and uploaded: audits, files, and where it may speak."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from fakeqq.web.control import models
from fakeqq.web.control.state import InWorld, Server

router = APIRouter(tags=["messages"])


@router.get("/worlds/{app_id}/audits")
async def list_audits(world: InWorld) -> dict[str, Any]:
    """Messages that waited or wait for an audit (switch `audit`), oldest first."""
    return {"audits": world.audits.as_json()}


@router.post("/worlds/{app_id}/audits/{audit_id}")
async def decide_audit(server: Server, world: InWorld, audit_id: str, body: models.Verdict) -> dict[str, Any]:
    """End an audit: MESSAGE_AUDIT_PASS and the user sees the message, or MESSAGE_AUDIT_REJECT."""
    ended = world.audits.decide(audit_id, passes=body.verdict == "pass", world=world, now=server.now(world))
    server.record(world, "audit", audit_id=audit_id, verdict=body.verdict)
    server.flush()
    return ended


@router.patch("/worlds/{app_id}/groups/{group}/bot")
async def change_bot(server: Server, world: InWorld, group: str, body: models.BotInGroup) -> dict[str, Any]:
    """Mute the bot in a group, or make it an admin there; nobody tells the bot."""
    house = world.people.group(group)
    house.bot_muted = house.bot_muted if body.muted is None else body.muted
    house.bot_is_admin = house.bot_is_admin if body.admin is None else body.admin
    server.record(world, "groups/bot", group=group, **body.model_dump(exclude_none=True))
    return house.as_json()


@router.get("/worlds/{app_id}/media")
async def list_media(world: InWorld) -> dict[str, Any]:
    """Uploaded files, oldest first."""
    return {"media": world.media.as_json()}


@router.get("/worlds/{app_id}/media/{file_uuid}", response_class=Response)
async def read_media(world: InWorld, file_uuid: str) -> Response:
    """The bytes of an uploaded file; what kind of file it is was told by its first bytes."""
    file, data = world.media.read(file_uuid)
    # A stranger's file must not run as a page of this server.
    guarded = {"content-disposition": "attachment", "x-content-type-options": "nosniff"}
    return Response(data, media_type=file.content_type, headers=guarded)
