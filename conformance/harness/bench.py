"""What every case of a run is run with."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from conformance.harness.probes import Probes, look

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.harness.adapter import AdapterCommand
    from conformance.harness.calibration import Machine
    from conformance.harness.platform import Platform


@dataclass(frozen=True, slots=True)
class Bench:
    """The emulator, the adapter and what is known of it, and the machine that they share."""

    platform: Platform
    command: AdapterCommand
    probes: Probes
    known_failing: Mapping[str, str]
    machine: Machine

    @classmethod
    def of(
        cls,
        platform: Platform,
        command: AdapterCommand,
        *,
        shared: Path,
        machine: Machine,
        known_failing: Mapping[str, str] = MappingProxyType({}),
    ) -> Self:
        """`shared` is a directory of this run, the same for all its workers."""
        probes = Probes(command.features, lambda feature: look(feature, platform, command), shared)
        return cls(platform, command, probes, known_failing, machine)
