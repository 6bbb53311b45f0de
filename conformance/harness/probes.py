"""Which features a bot has: those it declares, and those that a look at the wire finds.

A feature that the adapter declares is taken at its word, and its checks must hold. One that it does not declare is
looked for, once for all workers of a run, when the first check asks: "unsupported" cannot hide a failure.
"""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from conformance.harness.adapter import Adapter
from conformance.harness.journal import connected
from conformance.harness.run import STOP_GRACE
from conformance.harness.world import World
from conformance.verdict import Broken, Finding, Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conformance.features import Feature
    from conformance.harness.adapter import AdapterCommand
    from conformance.harness.calibration import Machine
    from conformance.harness.platform import Platform


class Probes:
    """What is known of one adapter's features."""

    def __init__(self, declared: frozenset[Feature], look: Callable[[Feature], bool], directory: Path) -> None:
        """`look` finds out; `directory` is shared by all workers of the run, and holds what they found."""
        self._declared = declared
        self._look = look
        self._directory = directory
        self._found: dict[Feature, bool] = {}

    def demand(self, wanted: tuple[Feature, ...]) -> None:
        """Whether a check of these features concerns the bot.

        Raises:
            Unsupported: it neither declares one of them nor shows it.
            Finding: the probe could not be made.
        """
        for feature in wanted:
            if not self._has(feature):
                raise Unsupported(f"the bot has not the feature {feature}: not declared, and not found by a probe")

    def _has(self, feature: Feature) -> bool:
        if feature in self._declared:
            return True
        if feature not in self._found:
            self._found[feature] = self._shared(feature)
        return self._found[feature]

    def _shared(self, feature: Feature) -> bool:
        """What another worker found, or is about to find; else our own look."""
        answer = self._directory / f"{feature}.found"
        with _locked(self._directory / f"{feature}.lock"):
            if not answer.exists():
                answer.write_text("yes" if self._look(feature) else "no", encoding="utf-8")
            return answer.read_text(encoding="utf-8") == "yes"


def look(feature: Feature, platform: Platform, command: AdapterCommand, machine: Machine) -> bool:
    """Start the bot and see whether it does this.

    A bot that is not even well counts as having it: its check will say what is wrong.

    Raises:
        Broken: the emulator does not work.
    """
    place = platform.new_place()
    check_id = f"probe/{feature}"
    adapter = Adapter(command, place.ready, app_id=place.control.app_id, secret=place.secret, check_id=check_id)
    world = World(place.control, adapter, command.speed, machine.strain(place.ready.pid, adapter))
    try:
        return world.bot_has(feature)
    except Broken:
        raise
    except Finding:
        return True
    finally:
        adapter.stop(STOP_GRACE)
        platform.heard_of_adapter(connected(world.entries))
        place.control.delete()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
