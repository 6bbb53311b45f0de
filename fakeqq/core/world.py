"""One bot's isolated platform: its people, sessions, tokens, faults and journal. Worlds share nothing."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from fakeqq.core.budgets import Budgets
from fakeqq.core.doors import Doors
from fakeqq.core.errors import ControlError, must_be_json, nearest, unknown
from fakeqq.core.events.cast import Cast
from fakeqq.core.events.events import answerable, merged
from fakeqq.core.events.payloads import default_payload
from fakeqq.core.events.payloads_messages import Bot
from fakeqq.core.events.speech import Speech, compose, speak
from fakeqq.core.faults.faults import FaultPlan
from fakeqq.core.gateway.connection import Phase
from fakeqq.core.gateway.sessions import Event, SessionTable
from fakeqq.core.guild.guild_quotas import GuildQuotas
from fakeqq.core.guild.interactions import Interactions
from fakeqq.core.identifiers import Identifiers
from fakeqq.core.journal import Journal
from fakeqq.core.media.blobs import MemoryBlobs
from fakeqq.core.media.media import MediaShelf
from fakeqq.core.media.uploads import Uploads
from fakeqq.core.people import People
from fakeqq.core.scenarios.timeline import Timeline
from fakeqq.core.sending import messages
from fakeqq.core.sending.audits import Audits
from fakeqq.core.sending.quotas import ProactiveQuotas
from fakeqq.core.settings import WorldSettings
from fakeqq.core.streams import streams
from fakeqq.core.streams.streams import Streams
from fakeqq.core.tokens import TokenLedger
from fakeqq.core.webhooks.tampering import Tamper
from fakeqq.core.webhooks.webhook import Webhook
from fakeqq.wire import limits
from fakeqq.wire.intents import EVENT_INTENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from fakeqq.core.clock import Instant, WorldClock
    from fakeqq.core.faults.faults import Fault
    from fakeqq.core.gateway.connection import Connection
    from fakeqq.core.media.blobs import Blobs
    from fakeqq.core.scenarios.scenario import Scenario
    from fakeqq.core.webhooks.styles import Style

# A guild's id: an unsigned number of 64 bits in a string.
_GUILD_ID = re.compile(r"[0-9]{1,20}")
# Their `d` is the guild itself.
_ABOUT_GUILDS = frozenset({"GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"})
# Plain numbers: arithmetic with flags is slow, and every dispatch needs it.
_INTENT_BITS = {event_type: int(intent) for event_type, intent in EVENT_INTENTS.items()}
_encode = msgspec.json.Encoder().encode


class World:
    """Everything the platform knows about one bot.

    Args:
        app_id: names the world.
        secret: None until the first token call or the control API fixes it.
        random: the only source of randomness in this world.
        blobs: where the bytes of uploads are kept.

    Attributes:
        uploaded: the day of the latest upload, counted from 1970, and the bytes uploaded on it.
        neighbours: app ids of further bots whose requests come through this world's own doors.
    """

    def __init__(  # noqa: PLR0913 - whose world, and what the shell gives it
        self,
        app_id: str,
        secret: str | None,
        clock: WorldClock,
        random: Random,
        settings: WorldSettings | None = None,
        blobs: Blobs | None = None,
    ) -> None:
        self.app_id = app_id
        self.secret = secret
        self.clock = clock
        self.settings = settings or WorldSettings()
        self.identifiers = Identifiers(random)
        self.bot_id = self.identifiers.numeric()
        self.bot_openid = self.identifiers.openid()
        self.tokens = TokenLedger(self.identifiers.access_token, float(limits.TOKEN_OVERLAP.value))
        self.people = People(self.identifiers)
        self.guilds = self.people.guilds
        self.guilds.bot_id = self.bot_id
        self.uploaded = (0, 0)
        self.budgets = Budgets()
        self.sessions = SessionTable()
        self.connections: dict[int, Connection] = {}
        self.faults = FaultPlan(random)
        self.journal = Journal()
        self.acks_muted = False
        self.webhook = Webhook(self)
        self.timeline: Timeline | None = None
        self.on_timeline: Callable[[Timeline], None] = _nobody
        self.doors = Doors()
        self.neighbours: set[str] = set()
        self._blobs = blobs or MemoryBlobs()

    # -- shelves, made on first need: most of thousands of worlds never see a stream or a guild --------------------

    @cached_property
    def interactions(self) -> Interactions:
        return Interactions()

    @cached_property
    def guild_quotas(self) -> GuildQuotas:
        return GuildQuotas()

    @cached_property
    def anchors(self) -> messages.Anchors:
        return messages.Anchors()

    @cached_property
    def quotas(self) -> ProactiveQuotas:
        return ProactiveQuotas()

    @cached_property
    def audits(self) -> Audits:
        return Audits()

    @cached_property
    def streams(self) -> Streams:
        return Streams()

    @cached_property
    def media(self) -> MediaShelf:
        return MediaShelf(self._blobs)

    @cached_property
    def uploads(self) -> Uploads:
        return Uploads(self._blobs, self.identifiers)

    # -- what the platform asks -----------------------------------------------------------------------------------

    def bot(self) -> Bot:
        """The bot as others mention it."""
        return Bot(self.bot_id, self.bot_openid, self.settings.username)

    def bot_user(self) -> dict[str, Any]:
        """READY's `user`: exactly three properties."""
        return {"id": self.bot_id, "username": self.settings.username, "bot": True}

    @property
    def is_reached(self) -> bool:
        """Whether events reach the bot: one of its sockets has logged in, or it has a webhook."""
        ready = any(connection.phase is Phase.READY for connection in self.connections.values())
        return ready or self.webhook.takes_events

    def session_start_limit(self, now: Instant) -> dict[str, int]:
        """The budget as `/gateway/bot` prints it; `reset_after` in milliseconds."""
        starts, window = self.budgets.starts, self.settings.session_start_window
        return {
            "total": self.settings.session_start_total,
            "remaining": max(0, self.settings.session_start_total - starts.count(now.world, window)),
            "reset_after": int(starts.clears_in(now.world, window) * 1000),
            "max_concurrency": self.settings.max_concurrency,
        }

    def note_fault(self, fault: Fault, moment: str, now: Instant, **where: Any) -> None:
        self.journal.append(now, "fault", fault=fault.name, moment=moment, **where)

    def settle(self, now: Instant) -> None:
        """Do what is due by this world's time although nobody asked: end the streams that nobody ends."""
        streams.settle(self, now)

    # -- what tests make happen -----------------------------------------------------------------------------------

    def dispatch(self, event_type: str, event_id: str, data: Any, now: Instant) -> int:
        """Number an event in every session that wants it and send it where a bot listens; returns to how many.

        A webhook gets it beside the sessions or instead of them; whether the platform feeds both is not known.
        """
        if event_type == "INTERACTION_CREATE":
            self.interactions.note(data, now.world)
        event = _event(event_type, event_id, data)
        if event.intent and not event.intent & self.settings.permitted_intents:
            # A permission taken back: that event just stops (https://bot.q.qq.com/wiki, intents).
            return 0
        self.sessions.expire(self.settings.session_lifetime, now.world)
        delivered = 0
        if self.webhook.takes_events:
            self.webhook.event(event, now)
            delivered = 1
        for session in () if self.webhook.replaces_sessions else self.sessions:
            if not session.wants(event):
                continue
            s = session.number(event)
            connection = session.connection
            if connection is not None and connection.phase is Phase.READY:
                connection.dispatch(s, event, now)
                delivered += 1
        return delivered

    def emit(self, event_type: str, data: Any, now: Instant, event_id: str | None = None) -> dict[str, Any]:
        """Dispatch an event of this world's own people and let replies name it; says what was delivered to how many."""
        message_id = data.get("id") if isinstance(data, dict) and event_type.endswith("MESSAGE_CREATE") else None
        if event_id is None:
            event_id = self.identifiers.event_id(event_type, message_id if isinstance(message_id, str) else None)
        place = answerable(event_type, event_id, data)
        if place is not None:
            anchor = messages.Anchor(place.scene, place.owner, now.world, repliable=place.repliable)
            for anchor_id in place.ids:
                self.anchors.add(anchor_id, anchor)
        return {
            "event_id": event_id,
            "event_type": event_type,
            "delivered": self.dispatch(event_type, event_id, data, now),
        }

    def raw_event(self, event_type: str, data: Any, event_id: str | None, now: Instant) -> dict[str, Any]:
        """Dispatch anything, known or not: an event nobody has documented yet is a test too.

        Raises:
            ControlError: the data cannot be written as JSON text.
        """
        must_be_json(data)
        suggestion = None if event_type in EVENT_INTENTS else nearest(event_type, EVENT_INTENTS)
        sent = self.emit(event_type, data, now, event_id)
        known = event_type in EVENT_INTENTS
        return {
            "event_id": sent["event_id"],
            "delivered": sent["delivered"],
            "known": known,
            "suggestion": suggestion,
        }

    def default_event(self, event_type: str, fields: Mapping[str, Any], now: Instant) -> Any:
        """The complete `d` that the platform would send for this type, with `fields` over it.

        Raises:
            ControlError: nobody has documented the type, or the fields cannot be written as JSON text.
        """
        must_be_json(dict(fields))
        data = default_payload(event_type, Cast(self.people, self.identifiers, self.app_id, self.bot(), now.world))
        if data is None and event_type in EVENT_INTENTS:
            message = f"{event_type} is the session's own: a login brings it; to send one all the same, give its `data`"
            raise ControlError("event_of_session", message)
        if data is None:
            raise unknown("event", event_type, EVENT_INTENTS)
        return merged(data, fields)

    def say(self, text: str, user: str | None, group: str | None, now: Instant) -> dict[str, Any]:
        """A user speaks: in C2C, or to the bot in a group; `speech.speak` knows more ways.

        Raises:
            ControlError: no such user or group.
        """
        return speak(self, Speech(text=text, user=user, group=group), now)

    def push(
        self, speech: Speech, now: Instant, *, tamper: Tamper | None = None, style: Style | None = None
    ) -> dict[str, Any]:
        """Deliver one message to the webhook alone, once; a forged one is nobody's, but a reply to it would be seen.

        Args:
            tamper: what is wrong with the delivery.
            style: how a genuine one is written.

        Raises:
            ControlError: no webhook, no such user or group, or nothing yet that could be replayed.
        """
        if tamper is Tamper.REPLAYED:
            return {"delivery": self.webhook.repeat(now, tamper=tamper)}
        self.webhook.demand()
        spoken = compose(self, speech, now, forged=tamper is not None)
        if not spoken.events:
            raise ControlError("bot_not_in_group", "the bot is not in this group and is told nothing", status=409)
        event = _event(next(iter(spoken.events)), spoken.event_id, spoken.data)
        return {**spoken.notes, "delivery": self.webhook.stage(event, now, tamper=tamper, style=style)}

    def stage(self, scenario: Scenario | None, now: Instant) -> None:
        """Put a scenario in force instead of the one before; None ends it."""
        if self.timeline is not None:
            self.timeline.end(now)
        self.timeline = None
        if scenario is not None:
            self.timeline = Timeline(scenario, self, self.on_timeline)
            self.timeline.begin(now)

    def live_connections(self, number: int | None = None) -> list[Connection]:
        """Open sockets of this bot, or the one with this number.

        Raises:
            ControlError: no open socket has this number.
        """
        if number is None:
            return list(self.connections.values())
        if number not in self.connections:
            known = ", ".join(map(str, self.connections)) or "none"
            raise ControlError("unknown_connection", f"no live connection {number}; live: {known}", status=404)
        return [self.connections[number]]

    def as_json(self, now: Instant) -> dict[str, Any]:
        return {
            "app_id": self.app_id,
            "secret": self.secret,
            "bot_id": self.bot_id,
            "settings": self.settings.model_dump(mode="json"),
            "clock": {"now": now.world, "speed": self.clock.speed, "frozen": self.clock.frozen},
            "connections": len(self.connections),
            "sessions": len(list(self.sessions)),
            "users": len(self.people.users),
            "groups": len(self.people.groups),
            "journal": self.journal.last_id,
        }


def _nobody(_: Timeline) -> None:
    """Nobody drives a world's timeline until a platform holds the world."""


def _event(event_type: str, event_id: str, data: Any) -> Event:
    intent = _INTENT_BITS.get(event_type, 0)
    return Event(event_type, event_id, _encode(data).decode(), intent, _guild_id(event_type, data))


def _guild_id(event_type: str, data: Any) -> int | None:
    """The guild an event is about: `guild_id`, a deleted message's, or the `id` of a guild's own event."""
    about = data if isinstance(data, dict) else {}
    if isinstance(about.get("message"), dict):
        about = about["message"]
    guild = about.get("id" if event_type in _ABOUT_GUILDS else "guild_id")
    return int(guild) if isinstance(guild, str) and _GUILD_ID.fullmatch(guild) else None
