"""A world's webhook: its address, the validation of it, and deliveries made on purpose, right or forged."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field

from fakeqq.core.errors import ControlError
from fakeqq.core.events.speech import Speech
from fakeqq.core.journal import Entry, Pattern
from fakeqq.core.webhooks.styles import Style
from fakeqq.core.webhooks.tampering import Tamper
from fakeqq.core.webhooks.webhook import WebhookSettings
from fakeqq.core.world import World
from fakeqq.web.control import models
from fakeqq.web.control.journal import wait_for
from fakeqq.web.control.state import ControlState, InWorld, Server

router = APIRouter(tags=["webhook"])

# Real seconds beyond a delivery's own time-out after which its answer is not waited for: others may stand before it.
_PATIENCE = 30.0


class Push(models.Body):
    """One message of a user's, delivered once.

    `tamper` says what is wrong with the delivery; `style` how a genuine one is written.
    """

    text: Annotated[str, Field(max_length=models.LONGEST_TEXT)] = "ping"
    user: str | None = None
    group: str | None = None
    tamper: Tamper | None = None
    style: Style | None = None


class Validate(models.Body):
    """`tamper` says what is wrong with the request's own signature."""

    tamper: Literal[Tamper.UNSIGNED, Tamper.WRONG_KEY, Tamper.SWAPPED] | None = None


class Secret(models.Body):
    """What the secret becomes; an invented one when it is not given."""

    secret: Annotated[str | None, Field(min_length=1, max_length=128)] = None


@router.get("/worlds/{app_id}/webhook")
async def show_webhook(world: InWorld) -> dict[str, Any]:
    """The address, the transport, and how many deliveries wait or are under way."""
    return world.webhook.as_json()


@router.put("/worlds/{app_id}/webhook")
async def set_webhook(server: Server, world: InWorld, body: WebhookSettings) -> dict[str, Any]:
    """Push this world's events to an address, beside its sessions (`both`) or instead of them (`webhook`).

    Several bots may have one address: `X-Bot-Appid` tells them apart.
    """
    world.webhook.configure(body)
    server.record(world, "webhook", **body.model_dump())
    server.flush()
    return world.webhook.as_json()


@router.delete("/worlds/{app_id}/webhook")
async def delete_webhook(server: Server, world: InWorld) -> dict[str, Any]:
    """Events go to the sessions alone again; what waited is lost, requests under way are cut off."""
    world.webhook.stop(server.now(world))
    server.record(world, "webhook", url=None)
    server.flush()
    return world.webhook.as_json()


@router.post("/worlds/{app_id}/webhook/validate")
async def validate(server: Server, world: InWorld, body: Validate | None = None) -> dict[str, Any]:
    """Op 13: whether the address signs a random token with the bot's secret, and if not, why not.

    One that is not the platform's (`tamper`) should not be signed.
    """
    number = world.webhook.validate(server.now(world), tamper=body.tamper if body else None)
    response = await _answer(server, world, number)
    return {"valid": response["acked"], "why": response["why"], "status": response["status"], "body": response["body"]}


@router.post("/worlds/{app_id}/webhook/push")
async def push(server: Server, world: InWorld, body: Push | None = None) -> dict[str, Any]:
    """One delivery, whatever the transport; answers with the receiver's verdict when it is there."""
    wanted = body or Push()
    if wanted.tamper is not None and wanted.style is not None:
        raise ControlError("tamper_and_style", "a delivery is forged, or written otherwise, not both")
    speech = Speech(text=wanted.text, user=wanted.user, group=wanted.group)
    pushed = world.push(speech, server.now(world), tamper=wanted.tamper, style=wanted.style)
    return await _outcome(server, world, pushed)


@router.post("/worlds/{app_id}/webhook/redeliver")
async def redeliver(server: Server, world: InWorld) -> dict[str, Any]:
    """The last event again with the same top-level `id`, as if its acknowledgement had been lost."""
    return await _outcome(server, world, {"delivery": world.webhook.repeat(server.now(world))})


@router.put("/worlds/{app_id}/secret")
async def change_secret(server: Server, world: InWorld, body: Secret | None = None) -> dict[str, Any]:
    """The bot's secret is another from now on, as after a reset in the console; tokens given out stay valid."""
    world.secret = (body.secret if body else None) or world.identifiers.secret()
    server.record(world, "secret")
    return {"app_id": world.app_id, "secret": world.secret}


async def _outcome(server: ControlState, world: World, pushed: dict[str, Any]) -> dict[str, Any]:
    """What was delivered, with the receiver's verdict."""
    response = await _answer(server, world, pushed["delivery"])
    return {**pushed, **{name: response[name] for name in ("status", "body", "acked", "why", "request")}}


async def _answer(server: ControlState, world: World, number: int) -> Entry:
    """The journal's entry about what came of a delivery.

    Raises:
        ControlError: so many deliveries stand before it that its turn did not come.
    """
    since = world.journal.last_id
    settings = world.webhook.settings
    longest = (settings.timeout if settings else 0.0) / world.clock.speed + _PATIENCE
    server.flush()
    pattern = Pattern({"kind": "webhook.response", "delivery": number})
    wait = models.Wait.model_construct(where=pattern.where, since=since, count=1, timeout=longest)
    found = await wait_for(world.journal, pattern, wait)
    if not found:
        raise ControlError("timeout", f"delivery {number} was not answered within {longest:g} s", status=408)
    return found[0]
