"""Interactions that wait for the bot's word, `PUT /interactions/{interaction_id}`.

Sources: the page https://bot.q.qq.com/wiki/develop/api-v2/autogen/api/interactions_interaction_id.put.html and
tencent-connect/bot-docs@645787a docs/develop/api-v2/server-inter/message/trans/msg-btn.md. Which number stands for
an unknown interaction, and which for a second answer, is our choice: the pages list numbers without situations.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

import msgspec

from fakeqq.core.errors import PlatformError
from fakeqq.core.rest.calls import Route

if TYPE_CHECKING:
    from fakeqq.core.clock import Instant
    from fakeqq.core.rest.calls import Call
    from fakeqq.core.world import World

# Interactions remembered. Our choice.
_KEPT = 20_000
# 0 done, 1 failed, 2 too often, 3 again, 4 no permission, 5 administrators only.
_CODES = range(6)
# Bytes of an answer above which it is too large. Our choice: only the refusal is documented.
_LARGEST = 16_384


@dataclass(slots=True)
class Interaction:
    """`at` is the world time of its first delivery; `code` None while nobody has answered."""

    at: float
    code: int | None = None


class Interactions:
    """Those that were dispatched, and how the bot answered each."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[str, Interaction] = OrderedDict()

    def note(self, data: Any, now: float) -> None:
        """Remember the `d` of an INTERACTION_CREATE; the same id again is a repeated delivery."""
        interaction_id = data.get("id") if isinstance(data, dict) else None
        if isinstance(interaction_id, str):
            self._by_id.setdefault(interaction_id, Interaction(now))
            if len(self._by_id) > _KEPT:
                self._by_id.popitem(last=False)

    def code(self, interaction_id: str) -> int | None:
        """How the bot answered, or None."""
        found = self._by_id.get(interaction_id)
        return None if found is None else found.code

    def acknowledge(self, interaction_id: str, code: int, life: float, now: float) -> None:
        """Take the bot's answer, which may come `life` seconds after the interaction.

        Raises:
            PlatformError: nobody knows this interaction any more, or it has its answer.
        """
        found = self._by_id.get(interaction_id)
        if found is None or now - found.at > life:
            raise PlatformError("interaction_read_failed")
        if found.code is not None:
            raise PlatformError("interaction_store_failed")
        found.code = code


def acknowledge(world: World, call: Call, now: Instant) -> dict[str, Any]:
    """A button's answer; once for each interaction."""
    code = call.body.get("code", 0)
    if isinstance(code, bool) or not isinstance(code, int) or code not in _CODES:
        raise PlatformError("interaction_invalid_params")
    if len(msgspec.json.encode(call.body)) > _LARGEST:
        raise PlatformError("interaction_too_large")
    interaction_id = call.params["interaction_id"]
    life = world.settings.switch("interaction_life")
    world.interactions.acknowledge(interaction_id, code, inf if life == "unlimited" else float(life), now.world)
    world.journal.append(now, "user.answered", interaction_id=interaction_id, code=code)
    return {}


ROUTES = (
    Route(
        "PUT /interactions/{interaction_id}",
        acknowledge,
        "the interaction's answer, once",
        ("interaction_invalid_params", "interaction_too_large", "interaction_read_failed", "interaction_store_failed"),
    ),
)
