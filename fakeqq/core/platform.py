"""Every world behind one server: which world a request or a socket belongs to, and what the platform answers.

The shell passes its monotonic seconds (`real`); each world turns them into its own `Instant`.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from fakeqq.core import snapshots
from fakeqq.core.clock import Instant, WorldClock
from fakeqq.core.doors import Doors
from fakeqq.core.errors import ControlError, unknown
from fakeqq.core.gateway.connection import Connection
from fakeqq.core.identifiers import Identifiers
from fakeqq.core.journal import Journal
from fakeqq.core.settings import WorldSettings
from fakeqq.core.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from random import Random

    from fakeqq.core.faults.faults import Fault
    from fakeqq.core.journal import Entry
    from fakeqq.core.media.blobs import Blobs
    from fakeqq.core.scenarios.scenario import Scenario
    from fakeqq.core.scenarios.timeline import Timeline
    from fakeqq.core.webhooks.webhook import Webhook

# Worlds one server holds: more than the largest load test needs. Our choice.
WORLD_LIMIT = 10_000
# Tokens whose owner is remembered, dead ones included. Our choice.
TOKENS_REMEMBERED = 100_000
# Moments of faults, and a setting, that are about a connection whose bot has not yet said who it is.
_BEFORE_LOGIN = frozenset({"connect", "ws: HELLO", "heartbeat_interval_ms"})


@dataclass(slots=True)
class PlatformOptions:
    """How a server's worlds begin.

    Attributes:
        strict: only declared app ids exist; others get the platform's refusal.
        epoch: world time at the start, epoch seconds.
        real: the shell's monotonic seconds at the start.
        speed: world seconds per real second.
        seed: worlds made in the same order with the same seed hand out the same ids.
        random: makes a source of randomness from a seed; the shell passes `random.Random`.
        webhook_anywhere: webhooks may have addresses on other machines.
        scenario: what every world meets from its first day on, unless its snapshot brings another.
        blobs: where the bytes of uploads are kept; None keeps each world's in memory.
    """

    epoch: float
    real: float
    random: Callable[[int], Random]
    strict: bool = False
    speed: float = 1.0
    seed: int = 0
    settings: WorldSettings = field(default_factory=WorldSettings)
    webhook_anywhere: bool = False
    scenario: Scenario | None = None
    blobs: Blobs | None = None


@dataclass(frozen=True, slots=True)
class _FirstDay:
    """What a world was created with; `snapshot` is the document as JSON text, which nothing that lives can change."""

    settings: WorldSettings
    snapshot: bytes | None = None


class Platform:
    """The worlds of one server."""

    def __init__(self, options: PlatformOptions) -> None:
        self._options = options
        self._random = options.random(options.seed)
        self._identifiers = Identifiers(self._random)
        self._clock = WorldClock(options.epoch, options.real, speed=options.speed)
        self._worlds: dict[str, World] = {}
        self._first_days: dict[str, _FirstDay] = {}
        self._token_owner: OrderedDict[str, str] = OrderedDict()
        self._connections_made = 0
        self._with_output: list[Connection] = []
        self._webhooks_with_output: list[Webhook] = []
        self._timelines_with_output: list[Timeline] = []
        self._watchers: list[Callable[[World, Entry], None]] = []
        self.journal = Journal()
        self.doors = Doors()

    def watch(self, watcher: Callable[[World, Entry], None]) -> None:
        """Tell `watcher` every journal entry of every world, present and future, as it is made."""
        self._watchers.append(watcher)
        for world in self._worlds.values():
            _introduce(watcher, world)

    # -- worlds ---------------------------------------------------------------------------------------------------

    def worlds(self) -> list[World]:
        return list(self._worlds.values())

    def world(self, app_id: str) -> World:
        """The world of an app id.

        Raises:
            ControlError: there is none.
        """
        if app_id not in self._worlds:
            raise unknown("world", app_id, self._worlds, status=404)
        return self._worlds[app_id]

    def create_world(
        self,
        app_id: str | None,
        secret: str | None,
        settings: Mapping[str, Any],
        real: float,
        *,
        snapshot: Mapping[str, Any] | None = None,
    ) -> World:
        """Declare a world.

        Args:
            snapshot: the document it is made of; app id, secret and settings given beside it win.

        Raises:
            ControlError: the app id is taken, there are too many worlds, or the snapshot is none.
        """
        if snapshot is not None:
            kept = snapshots.read(snapshot)
            app_id, secret, settings = app_id or kept.app_id, secret or kept.secret, {**kept.settings, **settings}
        app_id = app_id or self._fresh_app_id()
        if app_id in self._worlds:
            raise ControlError("world_exists", f"world {app_id!r} exists already; DELETE it first", status=409)
        changed = self._options.settings.changed(dict(settings))
        document = None if snapshot is None else msgspec.json.encode(snapshot)
        return self._add(app_id, secret or self._identifiers.secret(), _FirstDay(changed, document), real)

    def remove_world(self, app_id: str, real: float) -> None:
        world = self.world(app_id)
        for connection in world.live_connections():
            connection.drop(world.clock.at(real))
        world.stage(None, world.clock.at(real))
        world.webhook.stop(world.clock.at(real))
        world.uploads.clear()
        world.media.clear()
        self.doors.reopen(app_id)
        del self._worlds[app_id], self._first_days[app_id]
        world.journal.end()

    def reset_world(self, app_id: str, real: float) -> World:
        """The same app id and secret, everything else as it was created; live sockets are dropped."""
        old, first_day = self.world(app_id), self._first_days[app_id]
        self.remove_world(app_id, real)
        return self._add(app_id, old.secret, first_day, real)

    def first_sight(self, app_id: str, secret: str, real: float) -> World | None:
        """The world of an app id that a bot named; made now unless the server is strict or full."""
        world = self._worlds.get(app_id)
        if world is None and not self._options.strict and len(self._worlds) < WORLD_LIMIT:
            world = self._add(app_id, secret, _FirstDay(self._options.settings), real)
        return world

    def sole_world(self) -> World | None:
        """The only world of this server, or None when there are several or none."""
        return next(iter(self._worlds.values())) if len(self._worlds) == 1 else None

    def demand_callers(self, world: World, faults: Iterable[Fault], settings: Iterable[str]) -> None:
        """Faults and settings that can take effect here: where worlds share a door, some cannot.

        Raises:
            ControlError: one of them is about connections whose bot nobody knows yet.
        """
        if self.sole_world() is world:
            return
        for what in (*(fault.on for fault in faults), *settings):
            if what in _BEFORE_LOGIN:
                self.doors.demand_own(world.app_id, repr(what))

    def known(self, app_id: str) -> World | None:
        return self._worlds.get(app_id)

    def issue_token(self, world: World, now: Instant) -> tuple[str, int]:
        """The world's token to hand out and its remaining seconds."""
        value, remaining = world.tokens.issue(world.settings.token_lifetime, now.world)
        self._token_owner[value] = world.app_id
        if len(self._token_owner) > TOKENS_REMEMBERED:
            self._token_owner.popitem(last=False)
        return value, remaining

    def world_of_token(self, token: str) -> World | None:
        """The world that issued this access token, dead or alive: a stale token still tells whose bot it is."""
        return self._worlds.get(self._token_owner.get(token, ""))

    # -- time -----------------------------------------------------------------------------------------------------

    def now(self, world: World | None, real: float) -> Instant:
        return self.clock_of(world).at(real)

    def clock_of(self, world: World | None) -> WorldClock:
        """The world's clock; the server's own where no world is known."""
        return world.clock if world else self._clock

    # -- sockets --------------------------------------------------------------------------------------------------

    def open_connection(
        self, world: World | None, real: float, client: str = "", *, own_door: bool = False
    ) -> Connection:
        """A new gateway socket.

        Args:
            world: whose it is as far as one can tell before the bot has said who it is.
            client: the peer's address.
            own_door: it came through this world's own door, where no other world's token is good.
        """
        self._connections_made += 1
        return Connection(
            self._connections_made,
            world,
            self.world_of_token,
            self.journal,
            self._with_output.append,
            self.now(world, real),
            client,
            own_door=own_door,
        )

    def take_connections_with_output(self) -> list[Connection]:
        """Connections that have something to send or a new deadline since the last call."""
        if not self._with_output:
            return []
        waiting, self._with_output[:] = list(dict.fromkeys(self._with_output)), []
        return waiting

    def take_webhooks_with_output(self) -> list[Webhook]:
        """Webhooks that have something to send or to stop, or a new deadline, since the last call."""
        if not self._webhooks_with_output:
            return []
        waiting, self._webhooks_with_output[:] = list(dict.fromkeys(self._webhooks_with_output)), []
        return waiting

    def take_timelines_with_output(self) -> list[Timeline]:
        """Scenarios at work that may have a new deadline since the last call."""
        if not self._timelines_with_output:
            return []
        waiting, self._timelines_with_output[:] = list(dict.fromkeys(self._timelines_with_output)), []
        return waiting

    def _neighbours(self, webhook: Webhook, url: str) -> Iterator[tuple[str, str]]:
        """App id and secret of other bots whose events are pushed to this address."""
        for world in self._worlds.values():
            settings = world.webhook.settings
            if world.webhook is not webhook and settings is not None and settings.url == url and world.secret:
                yield world.app_id, world.secret

    def _add(self, app_id: str, secret: str | None, first_day: _FirstDay, real: float) -> World:
        if len(self._worlds) >= WORLD_LIMIT:
            raise ControlError("too_many", f"a server holds at most {WORLD_LIMIT} worlds", status=409)
        start = self._clock.at(real)
        clock = WorldClock(start.world, real, speed=self._options.speed)
        random = self._options.random(self._random.getrandbits(64))
        world = World(app_id, secret, clock, random, first_day.settings, self._options.blobs)
        self._worlds[app_id], self._first_days[app_id] = world, first_day
        world.webhook.on_output = self._webhooks_with_output.append
        world.webhook.neighbours = self._neighbours
        world.webhook.anywhere = self._options.webhook_anywhere
        world.doors = self.doors
        world.on_timeline = self._timelines_with_output.append
        for watcher in self._watchers:
            _introduce(watcher, world)
        if first_day.snapshot is not None:
            self._restore(world, first_day.snapshot, real)
        if world.timeline is None:
            world.stage(self._options.scenario, clock.at(real))
        return world

    def _restore(self, world: World, document: bytes, real: float) -> None:
        """Fill a world that was just made; there is none if that fails."""
        try:
            snapshots.restore(world, snapshots.read(msgspec.json.decode(document)), real)
        except ControlError:
            self.remove_world(world.app_id, real)
            raise

    def _fresh_app_id(self) -> str:
        """Nine digits beginning with 102, like those the console hands out."""
        while (app_id := f"102{self._random.randrange(10**6):06d}") in self._worlds:
            pass
        return app_id


def _introduce(watcher: Callable[[World, Entry], None], world: World) -> None:
    world.journal.listeners.append(lambda entry: watcher(world, entry))
