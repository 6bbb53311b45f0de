"""The webhook's requests: made as the platform makes them, one connection for each, and reported back."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING

from fakeqq.core.webhooks.webhook_answers import Answer, NoAnswer
from fakeqq.web.broken_delivery import break_off
from fakeqq.web.timers import Timers

if TYPE_CHECKING:
    from collections.abc import Callable

    import aiohttp

    from fakeqq.core.platform import Platform
    from fakeqq.core.webhooks.parcels import Delivery
    from fakeqq.core.webhooks.webhook import Webhook

# How much of a receiver's answer is read. Our choice: far more than an acknowledgement has.
_ANSWER_BYTES = 64 * 1024
# Headers that aiohttp would add and the captured request does not have.
_NOT_OURS = ("Accept", "Accept-Encoding", "User-Agent")


class WebhookSender:
    """Makes the deliveries of every world of a server.

    Args:
        clock: monotonic seconds.
        flush: sends what the platform decided to say; a scenario may wait for an acknowledgement.
    """

    def __init__(self, platform: Platform, clock: Callable[[], float], flush: Callable[[], None]) -> None:
        self._platform = platform
        self._clock = clock
        self._flush = flush
        self._session: aiohttp.ClientSession | None = None
        self._tasks: dict[tuple[Webhook, int], asyncio.Task[None]] = {}
        self._timers: Timers[Webhook] = Timers(clock, self._tick)

    def flush(self) -> None:
        """Start what is due, stop what nobody wants any more, arm the next deadline."""
        while waiting := self._platform.take_webhooks_with_output():
            for webhook in waiting:
                for number in webhook.take_cancelled():
                    if (task := self._tasks.get((webhook, number))) is not None:
                        task.cancel()
                for delivery in webhook.take_deliveries(webhook.world.clock.at(self._clock())):
                    self._start(webhook, delivery)
                self._timers.arm(webhook, webhook.world.clock, webhook.next_deadline())

    async def close(self) -> None:
        """Stop everything; nothing is reported any more."""
        self._timers.close()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _start(self, webhook: Webhook, delivery: Delivery) -> None:
        task = asyncio.create_task(self._deliver(webhook, delivery))
        self._tasks[webhook, delivery.number] = task
        task.add_done_callback(functools.partial(self._forget, (webhook, delivery.number)))

    def _forget(self, key: tuple[Webhook, int], _task: asyncio.Task[None]) -> None:
        del self._tasks[key]

    async def _deliver(self, webhook: Webhook, delivery: Delivery) -> None:
        """One request, from connecting to the report."""
        outcome = await self._post(delivery, delivery.timeout / webhook.world.clock.speed)
        webhook.answered(delivery.number, outcome, webhook.world.clock.at(self._clock()))
        self._flush()

    async def _post(self, delivery: Delivery, seconds: float) -> Answer | NoAnswer:
        import aiohttp  # noqa: PLC0415 - most servers never push, and it takes long to import

        mishap = delivery.parcel.mishap
        try:
            if mishap is not None and mishap.breaks_off:
                async with asyncio.timeout(seconds):
                    return await break_off(delivery, mishap)
            async with (
                asyncio.timeout(seconds),
                self._client().post(
                    delivery.url,
                    data=delivery.body,
                    headers=delivery.headers,
                    skip_auto_headers=_NOT_OURS,
                    allow_redirects=False,
                    ssl=False,
                ) as response,
            ):
                body = await _beginning(response.content)
                return Answer(response.status, dict(response.headers), body)
        except TimeoutError:
            return NoAnswer(f"no answer within {delivery.timeout:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return NoAnswer(f"no answer: {str(error) or type(error).__name__}")

    def _client(self) -> aiohttp.ClientSession:
        """Made at the first delivery; every request has a connection of its own, as captured."""
        import aiohttp  # noqa: PLC0415 - see above

        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True, limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
            )
        return self._session

    def _tick(self, webhook: Webhook) -> None:
        webhook.tick(webhook.world.clock.at(self._clock()))
        self.flush()
        self._timers.arm(webhook, webhook.world.clock, webhook.next_deadline())


async def _beginning(content: aiohttp.StreamReader) -> bytes:
    """What the journal keeps of an answer."""
    parts: list[bytes] = []
    left = _ANSWER_BYTES
    while left > 0 and (part := await content.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
