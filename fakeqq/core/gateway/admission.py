"""Who may log in, apart from token, shard and intents: the bot's standing, where it calls from, its budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeqq.wire import limits
from fakeqq.wire.close_codes import CloseCode

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.world import World

_WINDOW_SECONDS = float(limits.IDENTIFY_WINDOW.value)
_MINUTE_SECONDS = 60.0
_STANDINGS = {"unlisted": CloseCode.BOT_UNLISTED, "banned": CloseCode.BOT_BANNED}


def may_call_from(world: World, address: str) -> bool:
    """Whether the bot may call the API from this address."""
    allowed = world.settings.allowed_ips
    return allowed is None or address in allowed


def unwelcome(world: World, address: str) -> CloseCode | None:
    """Why no login of this bot is accepted now, or None.

    A foreign address shows as op 9 only (https://github.com/bubbuild/bub-contrib/pull/61); that 4903 follows is our
    choice.
    """
    if not may_call_from(world, address):
        return CloseCode.CREATE_SESSION_ERROR
    return _STANDINGS.get(world.settings.standing)


def holds_too_many_guilds(world: World, shard: tuple[int, int]) -> bool:
    """Whether this shard would carry more guilds than one connection may."""
    allowed = world.settings.guilds_per_shard
    if allowed is None:
        return False
    index, count = shard
    return sum((int(guild_id) >> 22) % count == index for guild_id in world.people.guilds) > allowed


def resume_spends(world: World) -> bool:
    """Whether a RESUME counts as a session start."""
    return world.settings.switch("resume_spends") == "yes"


def over_budget(world: World, now: Instant) -> bool:
    """Whether this session start is one too many; a refused one spends nothing, which is our choice."""
    switch = world.settings.switch("session_budget")
    if switch == "off":
        return False
    budget = world.session_start_limit(now)
    recent = world.budgets.recent_starts.count(now.steady, _WINDOW_SECONDS)
    too_fast = switch == "strict" and recent >= budget["max_concurrency"]
    return too_fast or budget["remaining"] <= 0


def spend(world: World, now: Instant) -> None:
    """A session was started."""
    world.budgets.starts.note(now.world)
    world.budgets.recent_starts.note(now.steady)


def spend_token_call(world: World, now: Instant) -> bool:
    """Count a call of the token endpoint; whether it is within the budget. A refused call spends nothing."""
    if world.settings.switch("token_budget") == "off":
        return True
    calls = world.budgets.token_calls
    if calls.count(now.world, _MINUTE_SECONDS) >= limits.TOKEN_CALLS_PER_MINUTE.value:
        return False
    calls.note(now.world)
    return True
