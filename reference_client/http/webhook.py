"""A small HTTP server for the platform's deliveries: acknowledges first, works then."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable

from aiohttp import web

from fakeqq.wire.webhooks import APP_ID_HEADER
from reference_client.http.api import Api, Config
from reference_client.log import report
from reference_client.outputs import Event, Level
from reference_client.progress import Seen
from reference_client.webhook import Webhook
from reference_client.workers import Workers, attend

LARGEST_BODY = 4 * 2**20
"""Bytes of a delivery; the platform's are some kilobytes."""

FAREWELL = 1.0
"""Seconds that running handlers get at the end."""


class Receiver:
    """One bot behind the port."""

    def __init__(self, config: Config, handler: Callable[[Event], Awaitable[None]]) -> None:
        """`handler` is called with every event, many at a time."""
        self.api = Api(config, random.Random())  # noqa: S311 - spreads waits
        self.workers = Workers(self._handle, lambda _: self.api.counts.update(events_dropped=1))
        self._webhook = Webhook(config.app_id, config.secret, Seen())
        self._handler = handler

    async def receive(self, request: web.Request) -> web.Response:
        """Judge a delivery, answer it, and have its event worked on."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        reply = self._webhook.receive(headers, await request.read())
        if reply.problem:
            report(Level.WARNING, "webhook.passed_over", problem=reply.problem, status=reply.status)
        if reply.event is not None:
            self.workers.put(reply.event)
        return web.Response(status=reply.status, body=reply.body, content_type="application/json")

    async def _handle(self, event: Event) -> None:
        self.api.counts["events"] += 1
        await attend(self._handler, event)


class WebhookClient:
    """Bots that are called instead of calling; the counterpart of `client.Client`."""

    def __init__(self, port: int) -> None:
        """`port` is on this machine's loopback."""
        self._port = port
        self._receivers: dict[str, Receiver] = {}
        self._stopping = asyncio.Event()

    def add(self, config: Config, handler: Callable[[Event], Awaitable[None]]) -> Api:
        """Receive this bot's deliveries, too; with what is returned, it answers."""
        receiver = self._receivers[config.app_id] = Receiver(config, handler)
        return receiver.api

    async def run(self) -> None:
        """Listen until `stop`."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_post("/{path:.*}", self._receive)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=FAREWELL)
        async with contextlib.AsyncExitStack() as calls:
            for receiver in self._receivers.values():
                await calls.enter_async_context(receiver.api)
            await runner.setup()
            try:
                await web.TCPSite(runner, "127.0.0.1", self._port).start()
                report(Level.INFO, "webhook.listening", port=self._port)
                await self._stopping.wait()
            finally:
                await runner.cleanup()
                drained = (receiver.workers.drain(FAREWELL) for receiver in self._receivers.values())
                await asyncio.gather(*drained)

    def stop(self) -> None:
        """End soon."""
        self._stopping.set()

    async def _receive(self, request: web.Request) -> web.Response:
        """Several bots may have one address; X-Bot-Appid says whose a delivery is."""
        named = self._receivers.get(request.headers.get(APP_ID_HEADER, ""))
        return await (named or next(iter(self._receivers.values()))).receive(request)
