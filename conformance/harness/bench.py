"""What every case of a run is run with."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from conformance.catalogue import REQUIREMENTS
from conformance.harness.probes import Probes, look

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from conformance.harness.adapter import Adapter, AdapterCommand
    from conformance.harness.calibration import Machine
    from conformance.harness.platform import Place, Platform
    from conformance.registry import Case

    Hold = Callable[[Case, Place, Adapter, BaseException | None], None]


@dataclass(frozen=True, slots=True)
class Bench:
    """The emulator, the adapter and what is known of it, and the machine that they share.

    Attributes:
        requirements: the set that is graded by; newer rows do not count.
        hold: called at the end of a case, while world and bot are still there.
    """

    platform: Platform
    command: AdapterCommand
    probes: Probes
    known_failing: Mapping[str, str]
    machine: Machine
    requirements: str = REQUIREMENTS
    hold: Hold | None = None

    @classmethod
    def of(  # noqa: PLR0913 (what a run is made of)
        cls,
        platform: Platform,
        command: AdapterCommand,
        *,
        shared: Path,
        machine: Machine,
        requirements: str = REQUIREMENTS,
        hold: Hold | None = None,
        known_failing: Mapping[str, str] = MappingProxyType({}),
    ) -> Self:
        """`shared` is a directory of this run, the same for all its workers."""
        probes = Probes(command.features, lambda feature: look(feature, platform, command, machine), shared)
        return cls(platform, command, probes, known_failing, machine, requirements, hold)
