"""Messages that wait for a human's audit: held back from the user until a test lets them pass or rejects them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from fakeqq.core.errors import ControlError, unknown
from fakeqq.core.events.events import timestamp
from fakeqq.core.people import ChatMessage, Scene  # noqa: TC001 - msgspec reads the annotations when the program runs

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
    """

    audit_id: str
    scene: Scene
    openid: str
    message: ChatMessage
    noted: dict[str, Any]
    at: float
    verdict: Verdict = "waiting"

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
            world.journal.append(now, "user.sees", **audit.noted)
        event_id = world.identifiers.event_id(event_type)
        delivered = world.dispatch(event_type, event_id, _event(audit, now, passes=passes), now)
        return {**audit.as_json(), "event_id": event_id, "event_type": event_type, "delivered": delivered}


def _event(audit: Audit, now: Instant, *, passes: bool) -> dict[str, Any]:
    """`d` of both events, after the guilds' documented one; what stands there for users and groups is our choice."""
    key = "user_openid" if audit.scene == "c2c" else "group_openid"
    data = {
        "audit_id": audit.audit_id,
        "audit_time": timestamp(now.world),
        "create_time": timestamp(audit.at),
        key: audit.openid,
    }
    return {**data, "message_id": audit.message.id} if passes else data
