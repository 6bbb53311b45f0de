"""The login: what the bot shows there, how often it comes, and what the platform makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness import pace
from conformance.harness.adapter import describe_exit
from conformance.harness.journal import Login, calls
from conformance.harness.words.bot import LOGINS, TOKEN_CALL, BotWords
from conformance.verdict import Unmet
from fakeqq.wire.close_codes import CloseCode
from fakeqq.wire.ops import Op

if TYPE_CHECKING:
    from conformance.harness.journal import Entry
    from conformance.harness.pace import Span

PREFIX = "QQBot "
GATEWAY_BOT = "GET /gateway/bot"
STARTS_OF_A_DAY = 1000
"""Session starts that the documents show."""

OUTPUT_LINES = 1000
"""Lines of what the process printed, more than are kept."""


class LoginWords(BotWords):
    """IDENTIFY: its token, its shard, its number."""

    # What the platform does

    def platform_recommends_shards(self, count: int) -> None:
        """`GET /gateway/bot` will name this number of connections, one IDENTIFY in five seconds."""
        self._control.settings(shards=count, max_concurrency=1)

    def platform_has_no_starts_left(self, renewed_after: Span) -> None:
        """`GET /gateway/bot` says: `remaining` 0, and when that will change."""
        self._control.settings(session_start_total=0, session_start_window=renewed_after.seconds)

    def platform_renews_the_starts(self) -> None:
        """The bot may start sessions again; if it did so this moment, that counts."""
        self._control.settings(session_start_total=STARTS_OF_A_DAY)

    def platform_refuses_the_token(self) -> int:
        """Every token given out is dead, and live connections close with 4004; returns where the journal stands."""
        self._begin()
        self._control.revoke_tokens()
        self._control.close(CloseCode.AUTHENTICATION_FAILED.value)
        return self._moment

    # What the bot does

    def is_greeted(self) -> None:
        """HELLO is sent for the first time.

        Raises:
            Unmet: the bot does not come so far.
        """
        self._watch.first(
            {"kind": "ws.out", "op": Op.HELLO.value}, since=0, within=pace.STARTS, expected="the bot connects"
        )

    def is_let_in(self, within: Span = pace.STARTS) -> Entry:
        """READY is sent for the first time; returns it.

        Raises:
            Unmet: the bot does not come so far.
        """
        return self._watch.first(
            {"kind": "ws.out", "t": "READY"}, since=0, within=within, expected="the bot logs in with IDENTIFY"
        )

    def next_identify(self, within: Span) -> Login | None:
        """The next IDENTIFY since the last hostile act or login; None when the span passes without."""
        entry = self._watch.occurs({**LOGINS, "op": Op.IDENTIFY.value}, since=self._moment, within=within)
        if entry is None:
            return None
        self._moment = entry["id"]
        return Login.of(entry)

    def stays_away(self, refused: Login, within: Span) -> None:
        """The bot logs in no more after that login; a process that has ended does not.

        Raises:
            Unmet: it does.
        """
        entry = self._watch.occurs(LOGINS, since=refused.id, within=within)
        if entry is not None and entry["at"] - refused.at < within.seconds:
            raise Unmet(
                f"{Login.of(entry)}, {entry['at'] - refused.at:.1f} s later",
                expected=f"no further login within {within.seconds:.0f} s",
                decisive=entry["id"],
            )

    def asks_for_its_starts(self) -> Entry | None:
        """The answer of `GET /gateway/bot`; None when the bot logs in without having asked.

        Raises:
            Unmet: it does neither.
        """
        entry = self._watch.first(
            {"kind": {"in": ["http.response", "ws.in"]}},
            since=0,
            within=pace.STARTS,
            such_that=lambda entry: entry["kind"] == "ws.in" or entry["operation"] == GATEWAY_BOT,
            expected="the bot calls the platform",
        )
        return entry if entry["kind"] == "http.response" else None

    def printed(self) -> str:
        """What the process has printed so far, the newest part."""
        return self._adapter.stderr_tail(OUTPUT_LINES)

    def says_why(self, code: int, printed_before: str) -> tuple[bool, str]:
        """Whether the bot let a person know that it was refused, in whatever way, and what it did instead."""
        status, printed = self._adapter.exit_status(), self.printed()
        told = bool(status) or str(code) in printed or printed != printed_before
        return told, "nothing was printed" if status is None else f"{describe_exit(status)}, nothing was printed"

    def tokens(self) -> set[str]:
        """Every access token that the bot was given."""
        answers = [entry["body"] for entry in self.entries if _answers_token_call(entry)]
        return {body["access_token"] for body in answers if isinstance(body, dict) and body.get("access_token")}

    def token_calls(self, since: int) -> list[Entry]:
        """Every call for an access token after a place in the journal."""
        return calls(self._journal.since(since), TOKEN_CALL)


def bare(token: object) -> object:
    """The access token without its prefix; RESUME is sent with and without one."""
    return token.removeprefix(PREFIX) if isinstance(token, str) else token


def describe_token(token: object, known: set[str]) -> str:
    """What stood in an IDENTIFY's `token`, without any secret."""
    if not isinstance(token, str):
        return f"a token of type {type(token).__name__}"
    if token in known:
        return "the access token without a prefix"
    if not token.startswith(PREFIX):
        return "a token with another prefix, or none"
    return f"{PREFIX!r} and {'something else' if bare(token) else 'nothing'}"


def shard_count(login: Login) -> int:
    """How many shards the login speaks of; 1 where it does not."""
    shard = login.shard
    well_formed = isinstance(shard, list) and len(shard) == 2 and isinstance(shard[1], int)
    return int(shard[1]) if well_formed else 1


def _answers_token_call(entry: Entry) -> bool:
    return bool(entry["kind"] == "http.response" and entry["operation"] == TOKEN_CALL)
