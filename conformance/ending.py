"""SIGTERM and SIGHUP end a run as Ctrl-C does: a cancelled job, `docker stop`, `timeout`, a terminal that is closed."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


def interrupted_by_signals() -> Callable[[], None]:
    """From now on the first of these signals raises KeyboardInterrupt in the main thread; later ones do nothing.

    `timeout` sends two, one to the process and one to its group; the second must not stop what the first one ends. A
    signal that is ignored already (`nohup`) stays so, and nothing changes outside the main thread.

    Returns:
        What puts the handlers back that were there before.
    """
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    handler = _Once()
    usual = {number: signal.getsignal(number) for number in _SIGNALS}
    changed = [number for number in _SIGNALS if usual[number] is not signal.SIG_IGN]
    for number in changed:
        signal.signal(number, handler)

    def restore() -> None:
        for number in changed:
            signal.signal(number, usual[number])

    return restore


class _Once:
    def __init__(self) -> None:
        self._came = False

    def __call__(self, number: int, _frame: Any) -> None:
        if not self._came:
            self._came = True
            raise KeyboardInterrupt(signal.Signals(number).name)
