"""Programs started as a person starts them, and watched from outside."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import uuid
from pathlib import Path

from fakeqq.launch import render
from fakeqq.launch.control import Control
from fakeqq.launch.tail import Tail

SPEAKS_UP = 30.0
"""Seconds until a program has said where its server is."""

STARTS = 60.0
"""Seconds from there to READY: the slowest adapter seen needs 12 s, cold."""

ANSWERS = 30.0
"""Seconds for an answer."""

STOPS = 20.0
"""Seconds from SIGTERM to the end."""

MARK = "FAKEQQ_INTEROP"
"""The variable by which everything that a program started is found again."""

CONTROL_URL = re.compile(r"http://\S+/_fakeqq")
LINES = 40


FAKEQQ = (sys.executable, "-m", "fakeqq")
"""The real command line."""


class Program:
    """One program with its whole offspring. An error that ends the block gets the evidence with it."""

    def __init__(self, command, directory):
        self._mark = uuid.uuid4().hex
        outer = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        read_end, write_end = os.pipe()
        try:
            self._process = subprocess.Popen(
                command,
                cwd=directory,
                env={**outer, MARK: self._mark},
                stdin=subprocess.DEVNULL,
                stdout=write_end,
                stderr=write_end,
                start_new_session=True,
            )
        finally:
            os.close(write_end)
        self._output = Tail(read_end, None)
        self._control = None

    @property
    def control_url(self):
        """Where its server can be driven, as it tells a person."""
        with self._output.grown:
            told = self._output.grown.wait_for(self._told, SPEAKS_UP)
        assert told, f"it did not say where it is:\n{self._output.lines(LINES)}"
        return told[0]

    def _told(self):
        return CONTROL_URL.search(self._output.text())

    def status(self, within):
        """The exit status, when it ends by itself within so many seconds."""
        status = self._process.wait(within)
        self._output.finish(STOPS)
        return status

    @property
    def printed(self):
        """What it has printed so far, the bot's own lines among them."""
        return self._output.text()

    @property
    def world(self):
        """The one world of its server."""
        if self._control is None:
            self._control = Control(self.control_url)
        (world,) = self._control.worlds()
        return self._control.world(world["app_id"])

    def __enter__(self):
        return self

    def __exit__(self, _kind, error, _trace):
        if error is not None:
            error.add_note(self._evidence())
        if self._control is not None:
            self._control.close()
        left = self._stop()
        self._output.finish(STOPS)
        assert error is not None or not left, f"left behind: {left}"

    def _evidence(self):
        """The last lines of the wire, when it drove a server, and of what the program and the bot printed."""
        lines = []
        if self._control is not None:
            with contextlib.suppress(Exception):
                lines = [render.line(entry, lambda text, _colour: text) for entry in self.world.journal()[-LINES:]]
                lines.insert(0, "the wire:")
        return "\n".join([*lines, "what was printed:", self._output.lines(LINES)])

    def _stop(self):
        """Stop the program, and return what has outlived it, after ending that too."""
        self._process.terminate()
        try:
            self._process.wait(STOPS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        left = list(self._offspring())
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return left

    def _offspring(self):
        for environment in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                if f"{MARK}={self._mark}".encode() in environment.read_bytes().split(b"\0"):
                    yield int(environment.parent.name)
