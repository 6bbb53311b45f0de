"""SIGTERM and SIGHUP end a run as Ctrl-C does: a cancelled job, `docker stop`, `timeout`, a terminal that is closed."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from functools import partial
from typing import Any

import pytest

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class Ending:
    """A pytest plug-in object, in the controlling process and in each worker.

    The first signal raises KeyboardInterrupt in the main thread, later ones do nothing: `timeout` sends two, one to the
    process and one to its group, and the second must not stop what the first one ends. A signal that is ignored
    already (`nohup`) stays so.
    """

    def __init__(self, config: pytest.Config) -> None:
        """Listen until the run is over. Elsewhere than in a main thread nothing can listen."""
        self._came = False
        self._workers: dict[Any, int] = {}
        if threading.current_thread() is not threading.main_thread():
            return
        for number in _SIGNALS:
            usual = signal.getsignal(number)
            if usual is not signal.SIG_IGN:
                signal.signal(number, self._end)
                config.add_cleanup(partial(_restore, number, usual))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node: Any) -> None:
        """A worker has begun; one on another machine is not ours to signal."""
        if node.gateway.spec.popen:
            # Documented, whatever its name says (https://execnet.readthedocs.io/en/latest/basics.html), and kept since
            # pytest-xdist asked for it.
            self._workers[node] = node.gateway._rinfo().pid  # noqa: SLF001

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker has ended."""
        self._workers.pop(node, None)

    def _end(self, number: int, _frame: Any) -> None:
        if self._came:
            return
        self._came = True
        # pytest-xdist alone would leave them five seconds, and interrupt them in a way that background jobs ignore.
        for pid in self._workers.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        raise KeyboardInterrupt(signal.Signals(number).name)


def _restore(number: signal.Signals, usual: Any) -> None:
    signal.signal(number, usual)
