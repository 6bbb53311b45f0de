"""The server as a process of its own, for whoever judges from outside: the suite, `fakeqq doctor`."""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
import select
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Self

from fakeqq.launch import strays
from fakeqq.launch.errors import LaunchError
from fakeqq.launch.guard import GUARD
from fakeqq.launch.ready import Ready
from fakeqq.launch.tail import Tail

if TYPE_CHECKING:
    from collections.abc import Sequence

STARTUP_TIMEOUT = 30.0
"""Seconds; generous, a machine under load may need many times the usual 0.3."""


class ServerProcess:
    """`python -m fakeqq serve --json` on free ports; a context manager, or `start()` and `stop()`."""

    def __init__(self, arguments: Sequence[str] = ()) -> None:
        """Further words for `fakeqq serve` may be given in `arguments`."""
        # -P: the current directory may be a bot's, and must not supply modules to the server.
        self._command = [sys.executable, "-P", "-m", "fakeqq", "serve"]
        self._command += ["--port", "0", "--tls-port", "0", "--json", *arguments]
        self._mark = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        self._tail: Tail | None = None
        self._ready: Ready | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        where = self._ready.api_base if self._ready is not None else "not running"
        return f"<ServerProcess {where}>"

    @property
    def ready(self) -> Ready:
        """Where it is.

        Raises:
            LaunchError: it was not started.
        """
        if self._ready is None:
            raise LaunchError("the server is not running", "Call start(), or use `with ServerProcess() as …`.")
        return self._ready

    def start(self) -> Self:
        """Start it and wait for its ready line.

        Raises:
            LaunchError: it ended, or said nothing in time; the message holds the end of what it printed.
        """
        GUARD.watch(self._mark)
        errors_read, errors_write = os.pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603 (our own program)
                self._command,
                env={**os.environ, strays.MARK: self._mark},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors_write,
                start_new_session=True,
            )
        finally:
            os.close(errors_write)
        GUARD.watch(self._mark, self._process.pid)
        self._tail = Tail(errors_read, None)
        atexit.register(self.stop)
        line = self._first_line(STARTUP_TIMEOUT)
        try:
            self._ready = Ready.from_line(line)
        except ValueError as error:
            self.stop()
            raise LaunchError(
                f"the server did not start: {self._reason(line)}", " ".join(self._command), exit_code=5
            ) from error
        return self

    def stop(self, grace: float = 10.0) -> None:
        """Ask it to stop (SIGTERM), and after `grace` seconds end it. May be called twice."""
        process, self._process, self._ready = self._process, None, None
        if process is None:
            return
        atexit.unregister(self.stop)
        with process:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(grace)
            process.kill()
            GUARD.forget(self._mark)
        if self._tail is not None:
            self._tail.finish(grace)

    def stderr_tail(self, lines: int = 20) -> str:
        """The last lines it printed on stderr."""
        return self._tail.lines(lines) if self._tail is not None else ""

    def _first_line(self, timeout: float) -> bytes:
        """The first line of its stdout; b"" when it ended or the time is over."""
        assert self._process is not None
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        deadline = time.monotonic() + timeout
        line = b""
        while not line.endswith(b"\n"):
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not select.select([descriptor], [], [], remaining)[0]:
                return b""
            chunk = os.read(descriptor, 65536)
            if not chunk:
                return b""
            line += chunk
        return line

    def _reason(self, line: bytes) -> str:
        printed = self.stderr_tail().strip()
        said = line.decode("utf-8", "replace").strip()
        return printed or said or f"nothing was printed within {STARTUP_TIMEOUT:g} s"
