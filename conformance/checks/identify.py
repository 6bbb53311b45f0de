"""Chapter identify: the login, and its refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.journal import gaps
from conformance.harness.judging import require
from conformance.registry import check
from fakeqq.wire.close_codes import CloseCode

if TYPE_CHECKING:
    from conformance.harness.world import World


@check("identify/invalid-session", takes=75)
def backs_off_from_a_refused_identify(world: World) -> None:
    """Op 9 `false` on IDENTIFY: leave, wait, IDENTIFY again, and wait longer each time."""
    refusals = 5
    refused = {"verb": "invalid-session", "resumable": False}
    world.platform_misbehaves(
        {"name": "left-open", "on": "receive: IDENTIFY", "nth": 1, "times": 1, "do": [{**refused, "then_close": None}]},
        {
            "name": "refused",
            "on": "receive: IDENTIFY",
            "nth": 2,
            "times": refusals - 1,
            "do": [{**refused, "then_close": CloseCode.CREATE_SESSION_ERROR.value}],
        },
    )
    world.bot_starts()
    first = world.next_login(within=pace.STARTS)
    world.leaves(first.connection, within=pace.LEAVES_REFUSED)

    tries = [first] + [world.next_login() for _ in range(refusals)]
    world.comes_online()
    require(all(not login.is_resume for login in tries), "IDENTIFY after each refusal", ", ".join(map(str, tries)))

    pauses = gaps([login.at for login in tries])
    shown = ", ".join(f"{pause:.1f} s" for pause in pauses)
    least = pace.IDENTIFY_PAUSE.seconds
    require(min(pauses) >= least, f"never sooner than {least:.0f} s after a refusal", f"pauses of {shown}")
    # The first pause also holds the wait for a close code that never came, so growth is read from the others.
    early, late = sum(pauses[1:3]), sum(pauses[3:])
    require(late >= pace.BACKOFF_GROWTH * early, "pauses that grow while the refusals repeat", f"pauses of {shown}")
