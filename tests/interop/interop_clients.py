"""The real clients: released packages, installed unmodified, each into a home of its own under `.cache/interop`."""

import contextlib
import dataclasses
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

from fakeqq.launch import netns
from fakeqq.launch.via import Via

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache" / "interop"

INSTALL_TIMEOUT = 240
"""Seconds for one installer, on a slow line."""


@dataclass(frozen=True)
class RealClient:
    """One released package and the bot that is made of it.

    Attributes:
        name: package and version; also the name of its home and of its requirements.
        bot: the file in `bots/`.
        ways: by which it can be pointed at the server.
        addresses: the variables by which it can be told where the platform is.
    """

    name: str
    bot: str
    ways: tuple[Via, ...]
    addresses: tuple[str, ...] = ()

    @property
    def in_node(self) -> bool:
        return self.bot.endswith(".cjs")

    @property
    def home(self) -> Path:
        return CACHE / self.name

    @property
    def requirements(self) -> list[Path]:
        """The files that name every package of its home with its exact version."""
        pinned = HERE / "requirements" / self.name
        if self.in_node:
            return [pinned / "package.json", pinned / "package-lock.json"]
        return [pinned.with_name(f"{self.name}.txt")]

    @property
    def adapter_file(self) -> Path:
        """What the bot declares, where it declares anything."""
        return (HERE / "bots" / self.bot).with_suffix(".toml")

    def command(self, way: Via | None = None) -> list[str]:
        """What starts the bot. In a namespace it is left to its own addresses, which lead to the server there."""
        forgotten = self.addresses if way is Via.NETNS else ()
        words = ["env", *(word for name in forgotten for word in ("-u", name))] if forgotten else []
        bot = str(HERE / "bots" / self.bot)
        if self.in_node:
            return ["env", f"NODE_PATH={self.home / 'node_modules'}", "node", bot]
        return [*words, str(self.home / "bin" / "python"), bot]


BOTPY = RealClient("qq-botpy-1.2.1", "botpy_echo.py", (Via.SHIM, Via.NETNS, Via.AUTO))
NONEBOT = RealClient(
    "nonebot-adapter-qq-1.7.3",
    "nonebot_echo.py",
    (Via.ENV, Via.SHIM, Via.NETNS, Via.AUTO),
    addresses=("QQ_API_BASE", "QQ_AUTH_BASE"),
)
QQ_OFFICIAL_BOT = RealClient("qq-official-bot-1.0.13", "qq_official_bot_echo.cjs", (Via.SHIM, Via.NETNS, Via.AUTO))
CLIENTS = (BOTPY, NONEBOT, QQ_OFFICIAL_BOT)

BY_WEBHOOK = (
    dataclasses.replace(NONEBOT, bot="nonebot_webhook_echo.py"),
    dataclasses.replace(QQ_OFFICIAL_BOT, bot="qq_official_bot_webhook_echo.cjs"),
)
"""The same packages in bots that listen; beside each bot stands the adapter file that says what it can."""


def lacking(reason: str) -> None:
    """Leave out a test for what the machine lacks; in CI, which has it all, fail."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason} (in CI nothing may be left out)")
    pytest.skip(reason)


def need(client: RealClient, way: Via = Via.AUTO) -> None:
    """Make sure that the machine has what the client and the way need, and that the client is installed."""
    if client.in_node and not (shutil.which("node") and shutil.which("npm")):
        lacking("node and npm are not installed")
    obstacle = netns.obstacle() if way is Via.NETNS else None
    if obstacle is not None:
        lacking(obstacle.message)
    install(client)


def install(client: RealClient) -> None:
    """Make the client's home, once for all test processes and runs; again when its requirements have changed."""
    wanted = hashlib.sha256(sysconfig.get_python_version().encode())
    for file in client.requirements:
        wanted.update(file.read_bytes())
    stamp = client.home / ".installed"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{client.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with contextlib.suppress(FileNotFoundError):
            if stamp.read_text() == wanted.hexdigest():
                return
        shutil.rmtree(client.home, ignore_errors=True)
        client.home.mkdir()
        _install_node(client) if client.in_node else _install_python(client)
        stamp.write_text(wanted.hexdigest())


def _install_python(client: RealClient) -> None:
    _call([sys.executable, "-m", "venv", str(client.home)], client)
    pip = [str(client.home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _call([*pip, "--no-deps", "-r", str(client.requirements[0])], client)


def _install_node(client: RealClient) -> None:
    for file in client.requirements:
        shutil.copy(file, client.home)
    _call(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], client)


def _call(command: list[str], client: RealClient) -> None:
    try:
        done = subprocess.run(
            command, cwd=client.home, capture_output=True, text=True, timeout=INSTALL_TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.fail(f"{client.name} was not installed within {INSTALL_TIMEOUT} s; is the package registry reachable?")
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).splitlines()[:20])
        pytest.fail(
            f"{client.name} could not be installed; is the package registry reachable?\n$ {' '.join(command)}\n{said}",
            pytrace=False,
        )
