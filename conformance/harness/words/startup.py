"""The way from a started process to its first login: what it asks for, how often, and after which pause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.judging import require, require_pace
from conformance.harness.words.bot import GATEWAY, BotWords
from conformance.verdict import NotApplicable, Unmet
from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from conformance.harness.journal import Entry
    from conformance.harness.pace import Span

A_SERIES = 3
"""Pauses from which on growth can be told from chance."""


class StartupWords(BotWords):
    """Calls before the first login, and refusals of them."""

    def calls_again(self, trouble: Entry, calls: Sequence[str] = GATEWAY, within: Span = pace.CALLS_AGAIN) -> None:
        """After this trouble, and each time that the same fault meets it, the bot makes such a call, or logs in.

        Raises:
            Unmet: neither.
        """
        since = trouble["id"]
        while True:
            entry = self._watch.first(
                {"kind": {"in": ["http.request", "ws.in"]}},
                since=since,
                within=within,
                such_that=lambda entry: entry.get("operation") in calls or entry.get("op") == Op.IDENTIFY,
                expected="the bot asks again",
            )
            # What becomes of a call is noted in the same moment as the call.
            since = next((met["id"] for met in self._meetings(trouble) if met["request"] == entry["id"]), 0)
            if not since:
                return

    def _meetings(self, trouble: Entry) -> list[Entry]:
        """When the fault of this trouble met a call."""
        return [
            entry
            for entry in self._journal.read()
            if entry["kind"] == "fault" and entry["fault"] == trouble.get("fault") and "request" in entry
        ]

    def backs_off(self, fault: str, calls: Sequence[str] = GATEWAY) -> None:
        """Each refusal was followed by a pause, and the last of them was longer than the first.

        Raises:
            Unmet: it was not.
        """
        pauses = self.pauses_after(fault, of=calls)
        told = f"pauses of {', '.join(f'{pause.seconds:.1f}' for pause in pauses)} s"
        off_by = pace.RETRY_PAUSE.seconds * len(pauses) - sum(pause.seconds for pause in pauses)
        last = pauses[-1] if pauses else None
        require_pace(
            off_by <= 0,
            "a pause of a second before each try, on average",
            told,
            off_by=off_by,
            decisive=last.ended_by if last else None,
        )
        if last and len(pauses) >= A_SERIES and last.seconds < pace.PATIENT_PAUSE.seconds:
            grown = last.seconds >= pauses[0].seconds * pace.BACKOFF_GROWTH
            require(grown, "pauses that grow from refusal to refusal", told, decisive=last.ended_by)

    def calls_at_most(self, count: int, where: Mapping[str, Any], within: Span) -> None:
        """From the first such entry on, no more than `count` of them come within the span.

        Raises:
            Unmet: there is none at all, or one too many.
        """
        first = self._watch.first(where, since=self._moment, within=pace.STARTS, expected="the bot calls the platform")
        calls = [first]

        def is_one_too_many(entry: Entry) -> bool:
            calls.append(entry)
            return len(calls) > count

        excess = self._watch.passes(where, since=first["id"], during=within, such_that=is_one_too_many)
        if excess is not None and excess["at"] - first["at"] < within.seconds:
            raise Unmet(
                f"{len(calls)} calls within {excess['at'] - first['at']:.1f} s",
                expected=f"at most {count} calls within {within.seconds:.0f} s",
                decisive=excess["id"],
            )

    def dials_again(self, trouble: Entry) -> None:
        """After this trouble another connection is opened.

        Raises:
            Unmet: none is, or too late.
        """
        opened = self._watch.first(
            {"kind": "ws.open"},
            since=trouble["id"],
            within=pace.DIALS_AGAIN,
            expected="the bot gives the silent handshake up and tries another",
        )
        self.took_at_most(pace.DIALS_AGAIN, since=trouble["at"], until=opened)

    def is_refused_again(self, trouble: Entry) -> None:
        """The fault of this trouble has refused a second call: the bot tries again by itself, and waits now.

        Raises:
            NotApplicable: it has ended, or never asks again.
        """
        answers = {"kind": "http.response", "fault": trouble["fault"]}
        since = trouble["id"]
        for _ in range(2):
            answer = self._watch.occurs(answers, since=since, within=pace.CALLS_AGAIN)
            if answer is None:
                raise NotApplicable("the bot does not ask again, so there is no wait to be stopped in")
            since = answer["id"]

    def platform_allows_addresses(self, *addresses: str) -> None:
        """Calls from all others are refused: 401, code 11298."""
        self._begin()
        self._control.settings(allowed_ips=list(addresses))

    def platform_is_down(self, during: Span) -> Entry:
        """Every connection is cut, and new ones are refused; then the platform is back. Returns the last entry."""
        self._control.refuse_connections(True, drop=True)
        self._watch.passes({}, since=self._journal_end(), during=during, such_that=lambda _entry: False)
        self._begin()
        self._control.refuse_connections(False)
        return self._journal.entries[-1]
