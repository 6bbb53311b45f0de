"""When the platform ends a connection by itself: the bot is silent, its half hour is over, its token has died."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeqq.wire import limits
from fakeqq.wire.close_codes import CloseCode

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.gateway.connection import Connection

_MISSED_HEARTBEATS = float(limits.MISSED_HEARTBEATS.value)


def next_due(connection: Connection) -> float | None:
    """Steady seconds at which `enforce` has something to do, or None."""
    dues = [due for due in (_patience(connection), _recycling(connection), _token_end(connection)) if due is not None]
    return min(dues, default=None)


def enforce(connection: Connection, now: Instant) -> None:
    """End what is due; a connection that is ended has no deadline left."""
    world = connection.world
    if world is None or connection.is_closed:
        return
    if _is_over(_patience(connection), now):
        # On a stalled line no close frame gets out; what is left is to end TCP.
        if world.settings.switch("missed_heartbeats") == "close-4009" and not connection.out.stalled:
            connection.close(CloseCode.SESSION_TIMED_OUT, now)
        else:
            connection.drop(now)
    elif _is_over(_token_end(connection), now):
        connection.close(CloseCode.AUTHENTICATION_FAILED, now)
    elif _is_over(_recycling(connection), now):
        grace = world.settings.switch("recycle_grace")
        if grace == "never":
            connection.ask_to_reconnect(now, None, 0)
        else:
            connection.ask_to_reconnect(now, CloseCode.SESSION_TIMED_OUT, float(grace))


def _is_over(due: float | None, now: Instant) -> bool:
    return due is not None and due <= now.steady


def _patience(connection: Connection) -> float | None:
    """When the bot has been silent for too long. A half-open socket hears nothing and is kept."""
    world = connection.world
    if world is None or connection.heard_at is None or not connection.is_logged_in or connection.out.half_open:
        return None
    if world.settings.switch("missed_heartbeats") == "ignore":
        return None
    interval = connection.heartbeat_interval_ms / 1000
    return None if interval <= 0 else connection.heard_at + _MISSED_HEARTBEATS * interval


def _recycling(connection: Connection) -> float | None:
    """When the connection's life is over."""
    world = connection.world
    if world is None or connection.ready_at is None or not connection.is_ready or connection.out.stalled:
        return None
    settings = world.settings
    if settings.recycle_interval is None:
        return None
    if settings.recycle_clock == "steady":
        return connection.ready_at.steady + settings.recycle_interval
    return world.clock.steady_at(connection.ready_at.world + settings.recycle_interval)


def _token_end(connection: Connection) -> float | None:
    """When the token the bot logged in with dies, in worlds where its socket dies with it."""
    world = connection.world
    if world is None or not connection.is_logged_in or connection.out.stalled:
        return None
    if world.settings.switch("token_expiry") != "close-4004":
        return None
    expires_at = world.tokens.expires_at(connection.token)
    return float("-inf") if expires_at is None else world.clock.steady_at(expires_at)
