"""The shell: sockets, one timer and running handlers, all by order of the cores."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, WebSocketException

from reference_client.backoff import SessionStarts
from reference_client.gateway import Gateway
from reference_client.http.api import Api, Config
from reference_client.log import report
from reference_client.outputs import (
    AbortConnection,
    CloseConnection,
    Connect,
    Deliver,
    Event,
    Level,
    Output,
    Prepare,
    Report,
    SendFrame,
    Stop,
)
from reference_client.progress import Seen
from reference_client.session_file import SessionFile
from reference_client.sessions import decode_sessions, decode_token_calls, encode_sessions
from reference_client.sockets import dial
from reference_client.startup import GatewayAddress, GatewayInfo, StartLadder, Trouble, read_gateway, trouble_with
from reference_client.watching import Hook, Watch
from reference_client.workers import Workers, attend

Handler = Callable[[Event], Awaitable[None]]

FAREWELL = 1.0
"""Seconds that a stopping client gives its closing handshakes and running handlers."""


class StoppedByPlatformError(Exception):
    """The platform refused the bot in a way that trying again cannot change. The text says why."""


class _Link:
    """One connection: the task that reads it and, once open, its socket."""

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None
        self.socket: ClientConnection | None = None


class Client:
    """A bot's connections, one for each shard."""

    def __init__(self, config: Config, handler: Handler, on_transition: Hook | None = None) -> None:
        """`handler` is called with every event that is not housekeeping, many at a time."""
        self._config = config
        self._handler = handler
        # Spreads waits; nothing secret depends on it.
        self._random = random.Random()  # noqa: S311
        self.api = Api(config, self._random)
        self._watch = Watch(self.api.counts, on_transition)
        self._address = GatewayAddress(StartLadder(self._random))
        self._starts = SessionStarts()
        self._gateways: list[Gateway] = []
        self._links: dict[tuple[Gateway, int], _Link] = {}
        self._workers = Workers(self._handle, self._turn_away)
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._stopping = asyncio.Event()
        self._failure: Exception | None = None
        self._kept = SessionFile(config.session_file) if config.session_file is not None else None
        self._keeping = False

    async def run(self) -> None:
        """Be online until `stop`.

        Raises:
            StoppedByPlatformError: the platform will not have this bot.
        """
        self._loop = asyncio.get_running_loop()
        async with self.api:
            self._spawn(self._come_online())
            try:
                await self._stopping.wait()
            finally:
                await self._shut_down()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """End soon: `run` returns when the sockets are closed."""
        self._stopping.set()

    # Coming online

    async def _come_online(self) -> None:
        earlier = "" if self._kept is None else self._kept.read()
        self.api.restore_token_calls(decode_token_calls(earlier, self._config.app_id))
        while wait := await self._ask_for_gateway(await self.api.token()):  # noqa: ASYNC110 - no event tells of an answer
            await asyncio.sleep(wait)
        assert self._address.info is not None, "a question that need not be asked again was answered"
        shards = self._config.shards or self._address.info.shards
        seen, saved = Seen(), decode_sessions(earlier, self._config.app_id, shards)
        for index in range(shards):
            gateway = Gateway(
                intents=self._config.intents,
                shard=(index, shards),
                starts=self._starts,
                seen=seen,
                random=self._random,
            )
            if index in saved:
                gateway.restore(saved[index])
            self._gateways.append(gateway)
            self._obey(gateway, gateway.start(self._loop.time()))

    async def _ask_for_gateway(self, token: str) -> float:
        """Ask once; how long not to ask again when that came to nothing, else 0, in seconds."""
        outcome = await self.api.gateway(token)
        info, now = read_gateway(outcome), self._loop.time()
        if isinstance(info, GatewayInfo):
            self._address.learned(info, now)
            self._starts.told(
                remaining=info.remaining,
                reset_after=info.reset_after,
                concurrency=info.max_concurrency,
                now=now,
            )
            return 0.0
        trouble = trouble_with(outcome)
        if trouble is Trouble.TOKEN:
            self.api.token_refused(token)
        wait = self._address.failed(trouble, now)
        report(Level.ERROR, "gateway.unknown", problem=info, next_try=round(wait, 1))
        return wait

    async def _prepare(self, gateway: Gateway, refused_token: str | None) -> None:
        if refused_token is not None:
            self.api.token_refused(refused_token)
        token = await self.api.token()
        now = self._loop.time()
        if self._address.wants_question(now, outdated=self._starts.outdated(now)):
            await self._ask_for_gateway(token)
        self._obey(gateway, gateway.prepared(token, self._loop.time()))

    # Connections

    async def _read(self, gateway: Gateway, number: int, link: _Link) -> None:
        """Open connection `number` and hand its frames to the core until it ends."""
        info, clock = self._address.info, self._loop.time
        assert info is not None, "no shard dials before the address is known"
        code, reason = None, ""
        try:
            link.socket = await dial(info.url)
            self._address.dialled(succeeded=True)
            self._obey(gateway, gateway.opened(number, clock()))
            receive, put = link.socket.recv, self._workers.put
            while True:
                outputs = gateway.receive(number, await receive(), clock())
                if len(outputs) == 1 and type(outputs[0]) is Deliver:
                    put((gateway, outputs[0].event))  # the short way for what comes by the thousand
                else:
                    self._obey(gateway, outputs)
        except ConnectionClosed as closed:
            if closed.rcvd is not None:
                code, reason = closed.rcvd.code, closed.rcvd.reason
        except (OSError, WebSocketException) as error:
            self._address.dialled(succeeded=False)
            reason = str(error) or type(error).__name__
        finally:
            del self._links[gateway, number]
            if link.socket is not None:
                link.socket.transport.abort()
        self._obey(gateway, gateway.closed(number, code, reason, clock()))

    async def _send(self, socket: ClientConnection, text: str) -> None:
        try:
            await socket.send(text)
        except ConnectionClosed:
            return  # whoever reads the socket learns it, too, and tells the core

    # Orders

    def _obey(self, gateway: Gateway, outputs: list[Output]) -> None:
        self._watch.look(gateway, outputs)
        for output in outputs:
            match output:
                case Deliver(event):
                    self._workers.put((gateway, event))
                case Report(level, event, details):
                    report(level, event, **details)
                case Prepare(refused_token):
                    self._spawn(self._prepare(gateway, refused_token))
                case Stop(reason):
                    report(Level.ERROR, "stopped", reason=reason)
                    self._failure = StoppedByPlatformError(reason)
                    self.stop()
                case Connect(number):
                    link = self._links[gateway, number] = _Link()
                    link.task = self._spawn(self._read(gateway, number, link))
                case SendFrame() | CloseConnection() | AbortConnection():
                    self._use(self._links.get((gateway, output.connection)), output)
        self._arm(gateway.next_deadline())
        self._keep_sessions_soon()

    def _use(self, link: _Link | None, order: SendFrame | CloseConnection | AbortConnection) -> None:
        """Carry out an order that concerns one connection, if that is still there."""
        if link is None or link.task is None:
            return
        if isinstance(order, AbortConnection):
            link.task.cancel()
        elif link.socket is None:
            return
        elif isinstance(order, SendFrame):
            self._spawn(self._send(link.socket, order.text))
        else:
            self._spawn(link.socket.close(order.code, order.reason))

    def _arm(self, deadline: float | None) -> None:
        """Have `_tick` called at `deadline` unless it is called earlier; a tick without need is harmless."""
        if deadline is None or (self._timer is not None and self._timer.when() <= deadline):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(deadline, self._tick)

    def _tick(self) -> None:
        self._timer = None
        for gateway in self._gateways:
            self._obey(gateway, gateway.tick(self._loop.time()))

    async def _handle(self, job: tuple[Gateway, Event]) -> None:
        gateway, event = job
        self.api.counts["events"] += 1
        await attend(self._handler, event)
        gateway.finished(event)
        self._keep_sessions_soon()

    def _turn_away(self, job: tuple[Gateway, Event]) -> None:
        self.api.counts["events_dropped"] += 1
        job[0].finished(job[1])

    # Tasks

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A task that fails is a mistake of ours: better stop with it than go on deaf."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failure = error if isinstance(error, Exception) else RuntimeError(repr(error))
            self.stop()

    async def _shut_down(self) -> None:
        """Close every socket with a handshake, let handlers end, and leave nothing running."""
        if self._timer is not None:
            self._timer.cancel()
        for gateway in self._gateways:
            for output in gateway.stop(to_return=self._config.session_file is not None):
                self._obey(gateway, [output])
        closing = [link.task for link in self._links.values() if link.task is not None]
        draining = asyncio.create_task(self._workers.drain(FAREWELL))
        if closing:
            await asyncio.wait(closing, timeout=FAREWELL)
        await draining
        rest = list(self._tasks)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        self._keep_sessions()

    # Sessions of one process for the next

    def _keep_sessions_soon(self) -> None:
        """Have them written when all that goes on at this moment is done."""
        if self._kept is not None and not self._keeping:
            self._keeping = True
            self._loop.call_soon(self._keep_sessions)

    def _keep_sessions(self) -> None:
        """Write them as they are now; a bot that was refused, or that made a mistake, has none to come back with."""
        self._keeping = False
        if self._kept is None or not self._gateways:  # before the first connection, the file is an earlier process's
            return
        held = enumerate(gateway.saved() for gateway in self._gateways)
        sessions = {index: session for index, session in held if session is not None}
        if self._failure is not None:
            self._kept.remove()
        else:
            app_id, shards = self._config.app_id, len(self._gateways)
            self._kept.write(encode_sessions(app_id, shards, sessions, self.api.token_calls))
