"""The HTTP half of the shell: the access token, the gateway endpoint, and messages."""

import asyncio
import json
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import aiohttp

from fakeqq.wire.intents import Intent
from reference_client.answers import Answer, Loss, NoAnswer, Outcome, read_answer
from reference_client.log import report
from reference_client.outputs import Level
from reference_client.sender import Delivery, Failed, Send, Sequences, Step
from reference_client.tokens import TokenCache

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=10)
"""Seconds of one call. The documentation asks for at least 5, as a slow send may still succeed."""

USER_AGENT = "fakeqq-reference-client"


@dataclass(frozen=True, kw_only=True)
class Config:
    """Who the bot is, and where the platform is.

    Attributes:
        intents: the bits of IDENTIFY. One bit that the bot may not have costs the whole IDENTIFY.
        shards: connections to open; None takes the number that the platform recommends.
    """

    app_id: str
    secret: str = field(repr=False)
    api_base: str = "https://api.sgroup.qq.com"
    token_url: str = "https://bots.qq.com/app/getAppAccessToken"  # noqa: S105 - an address
    intents: int = Intent.GROUP_AND_C2C_EVENT | Intent.DIRECT_MESSAGE | Intent.PUBLIC_GUILD_MESSAGES
    shards: int | None = None


class Api:
    """Calls of the platform. Use it as an async context manager."""

    def __init__(self, config: Config, random: "Random") -> None:
        self._config = config
        self._base = config.api_base.rstrip("/")
        self._random = random
        self._tokens = TokenCache(random)
        self._sequences = Sequences()
        self._fetching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._clock: Callable[[], float] = asyncio.get_running_loop().time
        self._kept = _session(aiohttp.TCPConnector())
        # Where a kept connection proved stale, its neighbours in the pool are likely to be stale, too.
        self._fresh = _session(aiohttp.TCPConnector(force_close=True))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)
        await self._kept.close()
        await self._fresh.close()

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

    def token_refused(self, token: str) -> None:
        """The platform refused `token`: the next call of `token` fetches another one."""
        self._tokens.refused(token)

    async def gateway(self, token: str) -> Outcome:
        """What `GET /gateway/bot` comes to."""
        return await self._call("GET", f"{self._base}/gateway/bot", token=token)

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
            token = await self.token()
            url = self._base + path
            outcome = await self._call("POST", url, token=token, body=step.body, fresh=step.fresh_connection)
            step = delivery.after(outcome)
            if isinstance(step, Send) and step.renew_token:
                self.token_refused(token)
        if isinstance(step, Failed):
            raise step.error
        return step.answer

    async def _fetch_token(self) -> None:
        self._tokens.calling(self._clock())
        body = {"appId": self._config.app_id, "clientSecret": self._config.secret}
        try:
            outcome = await self._call("POST", self._config.token_url, body=body)
            problem = self._tokens.answered(outcome, self._clock())
        finally:
            self._fetching = None
        if problem is not None:
            report(Level.ERROR, "token.failed", problem=problem)

    async def _call(
        self,
        method: str,
        url: str,
        *,
        token: str = "",
        body: dict[str, Any] | None = None,
        fresh: bool = False,
    ) -> Outcome:
        headers = {"Authorization": f"QQBot {token}", "X-Union-Appid": self._config.app_id} if token else {}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        session = self._fresh if fresh else self._kept
        try:
            async with session.request(method, url, data=content, headers=headers) as response:
                try:
                    received = await response.read()
                except aiohttp.ClientPayloadError:
                    # The status has come: the platform has decided, and only its words were cut off.
                    return Answer(response.status, text="body cut short")
                return read_answer(response.status, response.headers, received)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            return NoAnswer(Loss.NOT_SENT, _in_words(error))
        except TimeoutError as error:
            return NoAnswer(Loss.TIMEOUT, _in_words(error))
        except (aiohttp.ClientError, OSError) as error:
            return NoAnswer(Loss.DROPPED, _in_words(error))


def _session(connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        timeout=TIMEOUT,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": USER_AGENT},
    )


def _in_words(error: BaseException) -> str:
    """An exception in words; many have none of their own."""
    return str(error) or type(error).__name__
