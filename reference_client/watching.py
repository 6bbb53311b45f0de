"""What a bot tells of itself while it runs: each change of a shard's phase, and counts of what was done."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reference_client.gateway import Gateway
from reference_client.log import report
from reference_client.outputs import Level, Output, Report
from reference_client.phases import Phase


@dataclass(frozen=True, slots=True)
class Transition:
    """A shard went from one phase to another.

    Attributes:
        shard: its index, and the number of shards.
        before, after: names of `phases.Phase`, such as "READY".
        reason: why, in words; "" where it is the next step and nothing more.
    """

    shard: tuple[int, int]
    before: str
    after: str
    reason: str


Hook = Callable[[Transition], None]


class Watch:
    """Sees the phases of all shards."""

    def __init__(self, counts: Counter[str], hook: Hook | None) -> None:
        """`hook` is called at once with each transition; what it raises is logged."""
        self._counts = counts
        self._hook = hook
        self._phases: dict[tuple[int, int], Phase] = {}

    def look(self, gateway: Gateway, outputs: Sequence[Output]) -> None:
        """The session machine was asked something, and decided on `outputs`."""
        before = self._phases.get(gateway.shard, Phase.IDLE)
        if gateway.phase is before:
            return
        self._phases[gateway.shard] = gateway.phase
        self._count(gateway)
        if self._hook is not None:
            self._tell(self._hook, Transition(gateway.shard, before.name, gateway.phase.name, _reason(outputs)))

    def _count(self, gateway: Gateway) -> None:
        if gateway.phase is Phase.DIALLING:
            self._counts["connections" if gateway.connection == 1 else "reconnects"] += 1
        elif gateway.phase is Phase.AUTHENTICATING:
            self._counts["identifies" if gateway.session_id is None else "resumes"] += 1

    @staticmethod
    def _tell(hook: Hook, transition: Transition) -> None:
        try:
            hook(transition)
        except Exception as error:  # noqa: BLE001 - whatever a hook does, the bot stays online
            report(Level.ERROR, "hook.failed", problem=str(error) or type(error).__name__)


def _reason(outputs: Sequence[Output]) -> str:
    for output in outputs:
        if isinstance(output, Report):
            return str(output.details.get("close") or output.details.get("why") or output.event)
    return ""
