"""Messages that wait for a human's audit: held back from the user until a test lets them pass or rejects them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from fakeqq.core.errors import ControlError, unknown
from fakeqq.core.events.payloads_guilds import audit_ended
from fakeqq.core.guild.guild_content import Posted  # noqa: TC001 - msgspec reads the annotations too
from fakeqq.core.people import ChatMessage, Scene  # noqa: TC001 - msgspec reads the annotations when the program runs
from fakeqq.core.rest.calls import Status
from fakeqq.wire.audits import AUDIT_ID_PREFIX
from fakeqq.wire.errors import error_body, error_row

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.world import World

# Audits one world remembers. Our choice.
AUDIT_LIMIT = 10_000

Verdict = Literal["waiting", "passed", "rejected"]


@dataclass(slots=True)
class Audit:
    """One message under audit.

    Attributes:
        noted: what the journal says when a user sees it.
        at: when it was sent, world time.
        place: where it was sent to, as the events say it.
        posted: the message as a channel or direct messages will keep it; None for users and groups.
    """

    audit_id: str
    scene: Scene
    openid: str
    message: ChatMessage
    noted: dict[str, Any]
    at: float
    verdict: Verdict = "waiting"
    place: dict[str, str] = field(default_factory=dict)
    posted: Posted | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "audit_id": self.audit_id,
            "scene": self.scene,
            "openid": self.openid,
            "text": self.message.text,
            "at": self.at,
            "verdict": self.verdict,
        }


class Audits:
    """The audits of one world, oldest first."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[str, Audit] = OrderedDict()

    def hold(self, audit: Audit) -> None:
        self._by_id[audit.audit_id] = audit
        if len(self._by_id) > AUDIT_LIMIT:
            self._by_id.popitem(last=False)

    def as_json(self) -> list[dict[str, Any]]:
        return [audit.as_json() for audit in self._by_id.values()]

    def decide(self, audit_id: str, *, passes: bool, world: World, now: Instant) -> dict[str, Any]:
        """End an audit: the user sees the message or never will, and the bot is told.

        Raises:
            ControlError: no such audit, or it is over.
        """
        audit = self._by_id.get(audit_id)
        if audit is None:
            raise unknown("audit", audit_id, self._by_id, status=404)
        if audit.verdict != "waiting":
            raise ControlError("audit_over", f"audit {audit_id!r} has {audit.verdict} already", status=409)
        audit.verdict = "passed" if passes else "rejected"
        event_type = "MESSAGE_AUDIT_PASS" if passes else "MESSAGE_AUDIT_REJECT"
        if passes:
            world.people.show(audit.scene, audit.openid, audit.message)
            if audit.posted is not None:
                world.guilds.keep("dm" if audit.scene == "dm" else "channel", audit.openid, audit.posted)
            world.journal.append(now, "user.sees", **audit.noted)
        event_id = world.identifiers.event_id(event_type)
        message_id = audit.message.id if passes else None
        data = audit_ended(audit.place, audit.audit_id, message_id, created_at=audit.at, ended_at=now.world)
        delivered = world.dispatch(event_type, event_id, data, now)
        return {**audit.as_json(), "event_id": event_id, "event_type": event_type, "delivered": delivered}


def hold(  # noqa: PLR0913 - a message, and what is told about it
    world: World,
    scene: Scene,
    openid: str,
    message: ChatMessage,
    noted: dict[str, Any],
    now: Instant,
    place: dict[str, str],
    posted: Posted | None = None,
) -> Status:
    """Keep a message for its audit; the answer is an error's body with status 202.

    Args:
        place: the keys that stand for the room in the events; those of users and groups are our choice.
    """
    audit_id = f"{AUDIT_ID_PREFIX}{world.identifiers.session_id()}"
    world.audits.hold(Audit(audit_id, scene, openid, message, noted, now.world, place=place, posted=posted))
    row = error_row("push_awaits_audit" if message.reply_to is None else "reply_awaits_audit", world.settings.era)
    return Status(row.status, {**error_body(row, ""), "data": {"message_audit": {"audit_id": audit_id}}})
