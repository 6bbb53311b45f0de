"""A running fakeqq: the platform, its doors, and the line that tells others where it is."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from fakeqq.core.platform import Platform, PlatformOptions
from fakeqq.core.settings import WorldSettings
from fakeqq.directories import OwnedDirectory
from fakeqq.web.adopt import AdoptionDesk
from fakeqq.web.app import FrontDoor
from fakeqq.web.blobs import DiskBlobs
from fakeqq.web.control_loader import PREFIX, ControlLoader
from fakeqq.web.doors import DoorKeeper
from fakeqq.web.downloads import Downloads
from fakeqq.web.gateway import Gateway
from fakeqq.web.journal_file import JournalFile
from fakeqq.web.listeners import Listeners
from fakeqq.web.rest import Rest
from fakeqq.web.timelines import TimelineDriver
from fakeqq.web.webhook import WebhookSender
from fakeqq.wire.eras import Era
from fakeqq.wire.hosts import TOKEN_PATH, WEBSOCKET_PATH

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from types import TracebackType

    from fakeqq.core.journal import Entry
    from fakeqq.core.scenarios.scenario import Scenario
    from fakeqq.core.world import World

# Where `fakeqq serve` listens unless told otherwise. Our choice.
DEFAULT_PORT = 8787


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """How to serve.

    Attributes:
        port: plain HTTP and WebSocket; 0 takes any.
        tls_port: TLS for both; 0 takes any, None serves none. Needs `tls_chain` and `tls_key`.
        ca_file: the certificate of the authority that signed `tls_chain`, for the ready line.
        strict: only declared app ids exist.
        speed: world seconds per real second.
        seed: makes ids repeat; None picks one.
        control_token: what the control API demands; None leaves it to this machine's programs.
        webhook_anywhere: webhooks may be pushed to other machines too.
        scenario: the bad day that every world meets.
        journal: where every journal entry is kept on disk, or None.
        fetch_urls: what a bot uploads by its `url` is fetched; a URL is only noted otherwise.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    tls_port: int | None = 0
    tls_chain: Path | None = None
    tls_key: Path | None = None
    ca_file: Path | None = None
    strict: bool = False
    era: Era = Era.LATE_2026
    speed: float = 1.0
    seed: int | None = None
    control_token: str | None = None
    webhook_anywhere: bool = False
    scenario: Scenario | None = None
    journal: Path | None = None
    fetch_urls: bool = False


class Server:
    """`async with Server(options) as server:` serves until the block ends.

    Attributes:
        platform: every world behind this server.
        ready: the ready line's object: ports, URLs, an app id and a secret that work.
    """

    platform: Platform
    ready: dict[str, Any]

    def __init__(self, options: ServeOptions) -> None:
        self._options = options

    async def __aenter__(self) -> Self:
        options = self._options
        seed = secrets.randbits(32) if options.seed is None else options.seed
        real = time.monotonic()
        self._directory = OwnedDirectory("server")
        self.platform = Platform(
            PlatformOptions(
                epoch=time.time(), real=real, strict=options.strict, speed=options.speed, random=random.Random,
                seed=seed, webhook_anywhere=options.webhook_anywhere, scenario=options.scenario,
                settings=WorldSettings(era=options.era), blobs=DiskBlobs(Path(self._directory.name) / "media"),
            )
        )  # fmt: skip
        self._gateway = Gateway(self.platform, time.monotonic)
        self._webhooks = WebhookSender(self.platform, time.monotonic, self._gateway.flush)
        self._timelines = TimelineDriver(self.platform, time.monotonic, self._gateway.flush)
        self._downloads = Downloads() if options.fetch_urls else None
        rest = Rest(self.platform, time.monotonic, self._gateway.flush, self._downloads)
        self._journal = JournalFile(options.journal) if options.journal else None
        if self._journal is not None:
            self._journal.attach(self.platform)
        self._control = ControlLoader(self._load_control, options.host, options.control_token)
        front_door = FrontDoor(self.platform, self._gateway, rest, self._control)
        self._listeners = Listeners(front_door, self._tls(), self.platform.doors)
        self._doors = DoorKeeper(self.platform.doors, self._listeners)
        self._gateway.also_flush += [self._webhooks.flush, self._timelines.flush, self._doors.flush]
        self._desk = AdoptionDesk(Path(self._directory.name) / "adopt.sock", self._listeners)
        try:
            await self._open(seed)
            self._control.start()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    def _load_control(self) -> Callable[..., Awaitable[None]]:
        """Import and build the control application: FastAPI and all its routes, about as heavy as the rest."""
        from fakeqq.web.control.api import Guarded  # noqa: PLC0415
        from fakeqq.web.control.state import ControlState  # noqa: PLC0415

        options = self._options
        state = ControlState(
            self.platform,
            time.monotonic,
            self._gateway.flush,
            self._doors,
            self._open_door,
            self._listeners.make_stale,
            self._journal,
        )
        return Guarded(state, options.host, options.control_token)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._desk.close()
        self._timelines.close()
        await self._webhooks.close()
        await self._control.close()
        if self._downloads is not None:
            await self._downloads.close()
        await self._doors.settled()
        await self._listeners.close()
        if self._journal is not None:
            await asyncio.to_thread(self._journal.close)
        self._directory.cleanup()

    @property
    def first_world(self) -> World:
        """The world made at the start, so that there is an app id and a secret to begin with; as it is now.

        Raises:
            ControlError: it was deleted.
        """
        return self.platform.world(self.ready["app_id"])

    def flush(self) -> None:
        """Send what the platform decided to say; call it after changing a world in the same process."""
        self._gateway.flush()

    async def _open(self, seed: int) -> None:
        options = self._options
        plain = await self._listeners.listen(options.host, options.port, tls=False)
        tls = None
        if options.tls_port is not None and self._listeners.tls is not None:
            tls = await self._listeners.listen(options.host, options.tls_port, tls=True)
        await self._desk.open()
        first = self.platform.create_world(None, None, {}, time.monotonic())
        self.flush()
        self.ready = {
            "ready": True,
            "pid": os.getpid(),
            "host": options.host,
            "seed": seed,
            **_addresses(options.host, plain.port, tls.port if tls else None),
            "control_url": f"http://{_authority(options.host, plain.port)}{PREFIX}",
            "app_id": first.app_id,
            "secret": first.secret,
            "ca_file": str(options.ca_file) if options.ca_file else None,
            "adopt_socket": str(self._desk.path),
            "scenario": options.scenario.name if options.scenario else None,
        }

    def _tls(self) -> ssl.SSLContext | None:
        if self._options.tls_chain is None or self._options.tls_key is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._options.tls_chain, self._options.tls_key)
        return context

    async def _open_door(self, app_id: str) -> dict[str, Any]:
        host = self._options.host
        return _addresses(host, *await self._doors.make(app_id, host))


def _addresses(host: str, port: int, tls_port: int | None) -> dict[str, Any]:
    base = f"http://{_authority(host, port)}"
    return {
        "port": port,
        "tls_port": tls_port,
        "api_base": base,
        "token_url": base + TOKEN_PATH,
        "gateway_url": f"ws://{_authority(host, port)}{WEBSOCKET_PATH}",
    }


def _authority(host: str, port: int) -> str:
    """`host:port` as others reach it; a server on every address is reached by loopback."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound
    return f"[{reached}]:{port}" if ":" in reached else f"{reached}:{port}"


async def serve(
    options: ServeOptions,
    *,
    announce: Callable[[dict[str, Any]], None],
    on_entry: Callable[[World, Entry], None] | None = None,
) -> int:
    """Serve until SIGINT or SIGTERM; returns the exit status.

    Args:
        announce: told the ready line's object once everything listens.
        on_entry: told every journal entry of every world, as it happens.

    Raises:
        OSError: a port is taken or not ours to take.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with Server(options) as server:
        if on_entry is not None:
            server.platform.watch(on_entry)
        announce(server.ready)
        await stop.wait()
    return 0


def run(main: Coroutine[Any, Any, int]) -> int:
    """Run a server's coroutine to its end on the fastest event loop there is; uvloop does not exist for Windows."""
    try:
        import uvloop  # noqa: PLC0415
    except ImportError:
        return asyncio.run(main)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
