"""The shape of a switch."""

from dataclasses import dataclass

from fakeqq.wire.evidence import Evidence, Source


@dataclass(frozen=True, slots=True)
class Switch:
    """One contested rule: its choices, its default, and why."""

    name: str
    default: str
    choices: tuple[str, ...]
    meaning: str
    evidence: Evidence
    sources: tuple[Source, ...]
    note: str
