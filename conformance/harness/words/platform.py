"""What the platform does to the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.harness.words.stage import Stage
from conformance.verdict import NotApplicable, Unmet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.harness.journal import Entry
    from conformance.harness.pace import Span


class PlatformWords(Stage):
    """Settings, faults, and acts on live connections."""

    def platform_announces_heartbeat(self, interval: Span) -> None:
        """HELLO will announce this interval, in the adapter's time."""
        self._control.settings(heartbeat_interval_ms=round(interval.seconds * 1000))

    def platform_misbehaves(self, *faults: Mapping[str, Any]) -> None:
        """From now on these faults, and no others."""
        self._begin()
        self._control.faults([dict(fault) for fault in faults])

    def platform_asks_to_reconnect(self, then_close: int | None) -> None:
        """Op 7 on every live connection; then the close, or none (None)."""
        self._begin()
        self._control.reconnect(then_close=then_close)

    def platform_closes(self, code: int) -> None:
        """Every live connection is closed with this code; its session lives on."""
        self._begin()
        self._control.close(code)

    def platform_stops_acknowledging(self) -> None:
        """Heartbeats get no ACK any more; sockets stay open."""
        self._begin()
        self._control.mute_acks(True)

    def platform_acknowledges_again(self) -> None:
        """Heartbeats get their ACK."""
        self._control.mute_acks(False)

    def fault_fires(self, name: str, within: Span) -> Entry:
        """The first time a fault of this name had its effect.

        Raises:
            NotApplicable: the bot came online without ever meeting it.
            Unmet: neither.
        """
        entry = self._watch.occurs(
            {"kind": {"in": ["fault", "ws.out"]}},
            since=self._moment,
            within=within,
            such_that=lambda entry: entry.get("fault") == name or entry.get("t") == "READY",
        )
        if entry is None:
            raise Unmet(
                f"the process did not get that far within {within.adapter(self.speed):.0f} s of its clock",
                expected="the bot calls the platform",
            )
        if entry["kind"] != "fault":
            raise NotApplicable(f"the bot came online without meeting the fault {name!r}")
        return entry
