"""How often an operation may be called: so many times in a second or a minute, each bot by itself as a rule."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from fakeqq.core.budgets import Window
from fakeqq.core.errors import PlatformError
from fakeqq.core.groups import rest_groups
from fakeqq.wire import limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeqq.core.clock import Instant
    from fakeqq.core.platform import Platform
    from fakeqq.core.world import World
    from fakeqq.wire.limits import Limit

_SECOND, _MINUTE = 1.0, 60.0
# "Calls of this interface are too frequent": the text says it of any interface; that all but streams answer with it
# is our choice.
_ANY = "gateway_rate_limited"
_GATEWAY = frozenset({"GET /gateway", "GET /gateway/bot"})
_CHATS = ("/v2/users/{openid}", "/v2/groups/{group_openid}")


@dataclass(frozen=True, slots=True)
class Rate:
    """A limit, the seconds in which it counts, and the name of the error beyond it."""

    limit: Limit
    seconds: float
    refusal: str = _ANY


def _of_chats(method: str, path: str, rate: Rate) -> dict[str, Rate]:
    return {f"{method} {chat}{path}": rate for chat in _CHATS}


_RATES: Mapping[str, Rate] = MappingProxyType(
    {
        **_of_chats("POST", "/messages", Rate(limits.SEND_PER_SECOND, _SECOND)),
        **_of_chats("DELETE", "/messages/{message_id}", Rate(limits.RECALL_PER_SECOND, _SECOND)),
        **_of_chats("POST", "/files", Rate(limits.FILES_PER_SECOND, _SECOND)),
        **_of_chats("POST", "/upload_prepare", Rate(limits.UPLOAD_STEPS_PER_SECOND, _SECOND)),
        **_of_chats("POST", "/upload_part_finish", Rate(limits.UPLOAD_STEPS_PER_SECOND, _SECOND)),
        "POST /v2/users/{openid}/stream_messages": Rate(limits.STREAM_PER_SECOND, _SECOND, "stream_rate_limited"),
        "PUT /interactions/{interaction_id}": Rate(limits.INTERACTIONS_PER_SECOND, _SECOND),
        **{
            route.operation: Rate(
                limits.GROUP_CHANGES_PER_MINUTE
                if route.operation in rest_groups.SIXTY_A_MINUTE
                else limits.GROUP_CALLS_PER_MINUTE,
                _MINUTE,
            )
            for route in rest_groups.ROUTES
        },
    }
)


def spend_call(world: World, operation: str, now: Instant) -> None:
    """Count a call where the world's switch `endpoint_rates` demands it.

    Raises:
        PlatformError: one too many; a refused call is not counted, our choice.
    """
    window = check_call(world, operation, now)
    if window is not None:
        window.note(now.world)


def check_call(world: World, operation: str, now: Instant) -> Window | None:
    """Refuse a call too many; the calls in which another one would count, None where nobody counts.

    Raises:
        PlatformError: one too many.
    """
    if world.settings.switch("endpoint_rates") == "off" or operation not in _RATES:
        return None
    rate = _RATES[operation]
    window = world.budgets.calls.setdefault(operation, Window())
    if window.count(now.world, rate.seconds) >= rate.limit.value:
        raise PlatformError(rate.refusal)
    return window


def spend_gateway_call(platform: Platform, world: World, operation: str, now: Instant) -> None:
    """Count a call of `/gateway` or `/gateway/bot` where the world's switch `gateway_budget` demands it.

    The two share one budget per minute, and a refused call spends nothing: our choice.

    Raises:
        PlatformError: one too many.
    """
    budget = world.settings.switch("gateway_budget")
    if budget == "off" or operation not in _GATEWAY:
        return
    counted = [world]
    if world.settings.switch("gateway_budget_scope") == "machine":
        counted = [one for one in platform.worlds() if one.settings.switch("gateway_budget_scope") == "machine"]
    calls = sum(one.budgets.gateway_calls.count(one.clock.at(now.real).world, _MINUTE) for one in counted)
    allowed = limits.GATEWAY_CALLS_BURST if budget == "real" else limits.GATEWAY_CALLS_PER_MINUTE
    if calls >= allowed.value:
        raise PlatformError(_ANY)
    world.budgets.gateway_calls.note(now.world)
