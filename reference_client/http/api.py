"""The calls of the platform: the access token, the gateway endpoint, and messages."""

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from fakeqq.wire.intents import Intent
from reference_client.answers import Answer, NoAnswer, Outcome, read_answer
from reference_client.http.origin import Origin, Response
from reference_client.log import report
from reference_client.outputs import Level
from reference_client.pauses import Pauses
from reference_client.sender import Delivery, Failed, Remedy, Send, Sequences, Step, remedy_for
from reference_client.tokens import TokenCache
from reference_client.workers import PARTING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from random import Random

USER_AGENT = "fakeqq-reference-client"

# Exactly this type: with another one the token endpoint answers 100007 (zhinjs/qq-official-bot#88).
_JSON = {"Content-Type": "application/json", "User-Agent": USER_AGENT}


@dataclass(frozen=True, kw_only=True)
class Config:
    """Who the bot is, and where the platform is.

    Attributes:
        intents: the bits of IDENTIFY. One bit that the bot may not have costs the whole IDENTIFY.
        shards: connections to open; None takes the number that the platform recommends.
        session_file: where sessions are kept from one process to the next; None forgets them.
    """

    app_id: str
    secret: str = field(repr=False)
    api_base: str = "https://api.sgroup.qq.com"
    token_url: str = "https://bots.qq.com/app/getAppAccessToken"  # noqa: S105 - an address
    intents: int = Intent.GROUP_AND_C2C_EVENT | Intent.DIRECT_MESSAGE | Intent.PUBLIC_GUILD_MESSAGES
    shards: int | None = None
    session_file: Path | str | None = None


class Api:
    """Calls of the platform. Use it as an async context manager.

    Attributes:
        counts: what was done so far, by name; see `bot.Bot.counts`.
    """

    def __init__(self, config: Config, random: "Random") -> None:
        self.counts: Counter[str] = Counter()
        self._config = config
        self._pauses = Pauses()
        self._platform = Origin(config.api_base)
        self._token_endpoint = Origin(config.token_url)
        self._random = random
        self._tokens = TokenCache(random)
        self._sequences = Sequences(random)
        self._fetching: asyncio.Task[None] | None = None
        self._unfinished: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._clock: Callable[[], float] = asyncio.get_running_loop().time
        self._wall = time.time() - self._clock()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._unfinished:
            await asyncio.wait(self._unfinished, timeout=PARTING)
        rest = list(self._unfinished)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)
        self._platform.close()
        self._token_endpoint.close()

    async def token(self) -> str:
        """An access token that should work. Waits as long as it takes; one call serves all who wait."""
        while True:
            now = self._clock()
            if self._fetching is None and self._tokens.wants_call(now):
                self._fetching = asyncio.create_task(self._fetch_token())
            token = self._tokens.usable(now)
            if token is not None:
                return token
            if self._fetching is not None:
                await asyncio.shield(self._fetching)
            else:
                await asyncio.sleep(self._tokens.next_call() - now)

    @property
    def token_calls(self) -> list[float]:
        """When tokens were asked for lately, in seconds since 1970, for the process after this one."""
        return [round(call + self._wall, 1) for call in self._tokens.calls()]

    def restore_token_calls(self, calls: list[float]) -> None:
        """Take note of what an earlier process asked for."""
        self._tokens.restore((call - self._wall for call in calls), self._clock())

    def token_refused(self, token: str) -> None:
        """The platform refused `token`: the next call of `token` fetches another one."""
        self._tokens.refused(token)
        self.counts["tokens_refused"] += 1

    async def gateway(self, token: str) -> Outcome:
        """What `GET /gateway/bot` comes to."""
        return _read(await self._platform.request("GET", "/gateway/bot", self._headers(token)))

    async def send(self, operation: str, path: str, body: dict[str, Any]) -> Answer:
        """Send a message to `path` once, whatever it takes.

        Raises:
            ApiError: it was not delivered; the error says why.
        """
        delivery = Delivery(
            operation,
            body,
            sequences=self._sequences,
            numbered=path.startswith("/v2/"),
            random=self._random,
        )
        step: Step = delivery.begin()
        while isinstance(step, Send):
            if step.after > 0:
                report(Level.WARNING, "send.again", operation=operation, seconds=round(step.after, 2))
                await asyncio.sleep(step.after)
            outcome, token = await self._try(path, step.body, fresh=step.fresh_connection)
            step = delivery.after(outcome)
            self.note(path, outcome, step.after if isinstance(step, Send) else None)
            if isinstance(step, Send) and step.renew_token:
                self.token_refused(token)
        if isinstance(step, Failed):
            self.counts["sends_failed"] += 1
            raise step.error
        self.counts["sends"] += 1
        return step.answer

    async def _try(self, path: str, body: dict[str, Any], *, fresh: bool) -> tuple[Outcome, str]:
        """Make a request once, when what other sends were told to wait is over; with what token comes back, too."""
        now = self._clock()
        await asyncio.sleep(self._pauses.slot(path, now) - now)
        token = await self.token()
        content = json.dumps(body).encode()
        return _read(await self._platform.request("POST", path, self._headers(token), content, fresh=fresh)), token

    def note(self, path: str, outcome: Outcome, again_after: float | None) -> None:
        """Count a try, and have the others wait where it was too fast.

        Args:
            again_after: seconds before the next try; None: there is none.
        """
        if isinstance(outcome, Answer) and not outcome.succeeded:
            self.counts[f"refused_{outcome.code or outcome.status}"] += 1
            if again_after is not None and remedy_for(outcome) is Remedy.SLOW_DOWN:
                self._pauses.refused(path, outcome, again_after, self._clock())
        self.counts["sends_again"] += again_after is not None

    def allot(self, msg_id: str) -> int:
        """A `msg_seq` that was not used with `msg_id` before."""
        return self._sequences.allot(msg_id)

    async def post(self, path: str, body: dict[str, Any], *, fresh: bool = False) -> Outcome:
        """Make a request once; only a refused token is replaced and the request made again. `note` is to be told."""
        outcome, token = await self._try(path, body, fresh=fresh)
        if isinstance(outcome, Answer) and not outcome.succeeded and remedy_for(outcome) is Remedy.NEW_TOKEN:
            self.note(path, outcome, 0.0)
            self.token_refused(token)
            outcome, _ = await self._try(path, body, fresh=fresh)
        return outcome

    def see_through(self, work: "Coroutine[Any, Any, None]") -> asyncio.Task[None]:
        """Do `work` whoever is cancelled meanwhile; when the bot ends, it gets `PARTING` seconds more."""
        task = asyncio.create_task(work)
        self._unfinished.add(task)
        task.add_done_callback(self._seen_through)
        return task

    def _seen_through(self, task: asyncio.Task[None]) -> None:
        """Tell of a failure: who would have heard of it may have been cancelled."""
        self._unfinished.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            report(Level.ERROR, "stream.failed", problem=str(error) or type(error).__name__)

    async def _fetch_token(self) -> None:
        self._tokens.calling(self._clock())
        body = json.dumps({"appId": self._config.app_id, "clientSecret": self._config.secret}).encode()
        try:
            outcome = _read(await self._token_endpoint.request("POST", "", _JSON, body))
            problem = self._tokens.answered(outcome, self._clock())
        finally:
            self._fetching = None
        if problem is not None:
            self.counts["tokens_failed"] += 1
            report(Level.ERROR, "token.failed", problem=problem)

    def _headers(self, token: str) -> dict[str, str]:
        return {**_JSON, "Authorization": f"QQBot {token}", "X-Union-Appid": self._config.app_id}


def _read(response: Response | NoAnswer) -> Outcome:
    if isinstance(response, NoAnswer):
        return response
    if not response.complete:
        # The platform has decided, and only its words were cut off.
        return Answer(response.status, text="body cut short")
    return read_answer(response.status, response.headers, response.body)
