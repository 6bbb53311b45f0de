"""The program under test as a child process: pointed at the server, watched, ended with all it started."""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from fakeqq.directories import OwnedDirectory
from fakeqq.launch import strays, webhook
from fakeqq.launch.errors import LaunchError
from fakeqq.launch.guard import GUARD
from fakeqq.launch.spawn import Plan, Spawned, spawn
from fakeqq.launch.via import Via, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fakeqq.launch.ready import Ready

OUTPUT_TIMEOUT = 5.0
"""Seconds to wait for the last output of a child whose processes are all gone."""


class Child:
    """One running program. Leaving the context ends it. One thread may wait while another ends it."""

    def __init__(self, plan: Plan, spawned: Spawned, directory: OwnedDirectory) -> None:
        self.via = plan.via
        self.output = plan.output
        self._mark = plan.mark
        self._process = spawned.process
        self._links = spawned.links
        self._tail = spawned.tail
        self._endpoint = plan.endpoint
        self._outer_port = spawned.outer_port
        self._directory = directory
        self._ended = False
        self._ending = threading.Lock()
        GUARD.watch(plan.mark, self.pid)
        atexit.register(self.kill)

    def __repr__(self) -> str:
        state = "running" if self.returncode is None else f"ended with {self.returncode}"
        return f"<Child {self.pid} via {self.via}, {state}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.terminate()

    @property
    def pid(self) -> int:
        """The process id; also the id of its group and session."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit status, minus the signal's number when a signal ended it; None while it runs."""
        return self._process.returncode if self._ended else None

    def poll(self) -> int | None:
        """The exit status, or None while the program runs; what it left behind is ended with it."""
        if not self._ended and self.has_exited(0):
            self._end()
        return self.returncode

    def peek(self) -> int | None:
        """As `poll`, but what the program left behind lives on, where the system lets us look (Linux)."""
        if sys.platform != "linux":
            return self.poll()
        with contextlib.suppress(ChildProcessError):  # collected meanwhile, by another thread
            if not self._ended and (left := os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)):
                return left.si_status if left.si_code == os.CLD_EXITED else -left.si_status
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the program has ended; what it left behind is ended then.

        Raises:
            subprocess.TimeoutExpired: it still runs after `timeout` seconds.
        """
        if not self._ended:
            if not self.has_exited(timeout):
                raise subprocess.TimeoutExpired(self._process.args, timeout or 0)
            self._end()
        return self._process.returncode

    def terminate(self, grace: float = 10.0) -> int | None:
        """Ask the program to stop (SIGTERM), and after `grace` seconds end its whole group (SIGKILL)."""
        self.ask_to_stop()
        self.has_exited(grace)
        self._end()
        return self.returncode

    def kill(self) -> None:
        """End the program and everything it started, at once."""
        self._end()

    def stderr_tail(self, lines: int = 20) -> str:
        """The last lines the program printed (both streams); "" when they were passed through."""
        return self._tail.lines(lines) if self._tail is not None else ""

    @property
    def webhook_url(self) -> str | None:
        """Where deliveries reach it; None for a child that was not asked to take any."""
        if self._endpoint is None:
            return None
        return f"http://{webhook.HOST}:{self._outer_port}{self._endpoint.path}"

    def is_listening(self) -> bool:
        """Whether it listens on its webhook's port by now."""
        if self._endpoint is None or self._ended:
            return False
        return webhook.is_listening(self.pid, self._endpoint.port)

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the program itself, and wait for nothing."""
        with self._ending, contextlib.suppress(ProcessLookupError):
            if not self._ended:
                os.kill(self.pid, signal.SIGTERM)

    def has_exited(self, timeout: float | None) -> bool:
        """Wait for the exit; None waits for ever. On Linux it is not collected: the group's number stays ours."""
        if sys.platform != "linux":
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout)
            return self._process.returncode is not None
        if self._ended:
            return True
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:  # collected meanwhile, by another thread
            return True
        try:
            waiting = select.poll()
            waiting.register(handle, select.POLLIN)
            return bool(waiting.poll(None if timeout is None else max(0, timeout) * 1000))
        finally:
            os.close(handle)

    def _end(self) -> None:
        """Kill the group and the strays, collect the status, and release everything; once."""
        with self._ending:
            if self._ended:
                return
            # PermissionError: on macOS, a group of which only a dead leader is left.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            strays.end(self._mark)
            GUARD.forget(self._mark)  # before the status is collected: until then the group's number is nobody else's
            self._process.wait()
            for link in self._links:
                link.close()
            if self._tail is not None:
                self._tail.finish(OUTPUT_TIMEOUT)
            self._directory.cleanup()
            atexit.unregister(self.kill)
            self._ended = True


def start(  # noqa: PLR0913 (each is one clear setting of a child)
    command: Sequence[str],
    ready: Ready,
    *,
    app_id: str,
    secret: str,
    via: Via,
    speed: float = 1.0,
    extra_environment: Mapping[str, str] = MappingProxyType({}),
    working_directory: Path | None = None,
    output: Path | None = None,
    inherit: bool = False,
    webhook_path: str | None = None,
) -> Child:
    """Start `command`, unmodified, pointed at the server.

    `{app_id}` and `{secret}` are replaced in each word of the command. Both output streams are read and kept
    (bounded), and written to `output` when that is given; with `inherit` the child has our own three streams
    instead. With a `webhook_path` the child is told to take webhook deliveries there, and on which port;
    `Child.webhook_url` leads to it.

    Raises:
        LaunchError: the command cannot be executed, or this way of pointing or this speed does not work here.
    """
    if not command:
        raise LaunchError("no command was given", "Put it after `--`: fakeqq run -- python bot.py", exit_code=2)
    if working_directory is not None and not working_directory.is_dir():
        raise LaunchError(f"there is no directory {working_directory}", exit_code=2)
    directory = OwnedDirectory("child")
    mark = secrets.token_hex(16)
    GUARD.watch(mark)
    try:
        plan = Plan(
            words=[word.replace("{app_id}", app_id).replace("{secret}", secret) for word in command],
            ready=ready,
            app_id=app_id,
            secret=secret,
            via=resolve(via),
            speed=speed,
            extra_environment=extra_environment,
            working_directory=working_directory,
            output=output,
            inherit=inherit,
            directory=Path(directory.name),
            mark=mark,
            endpoint=None if webhook_path is None else webhook.Endpoint(webhook.free_port(), webhook_path),
        )
        return Child(plan, spawn(plan), directory)
    except BaseException:
        strays.end(mark)  # an interrupt may have come just when it was started
        GUARD.forget(mark)
        directory.cleanup()
        raise
