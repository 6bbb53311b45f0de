"""`--hold`: the world, the bot and its faults stay as they are at the end of a check, for a person with a debugger."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from conformance.verdict import Finding

if TYPE_CHECKING:
    import pytest

    from conformance.harness.adapter import Adapter
    from conformance.harness.platform import Place
    from conformance.registry import Case


class Holder:
    """Stops the run's only case before its end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def __call__(self, case: Case, place: Place, adapter: Adapter, error: BaseException | None) -> None:
        """Say how everything is reached, and wait for Enter; Ctrl-C, or no terminal to read from, ends it, too."""
        capture = self._config.pluginmanager.getplugin("capturemanager")
        if capture is not None:
            capture.suspend_global_capture(in_=True)
        try:
            sys.stderr.write(told(case, place, adapter, error))
            sys.stderr.flush()
            sys.stdin.readline()
        except KeyboardInterrupt:
            sys.stderr.write("\n")
        finally:
            if capture is not None:
                capture.resume_global_capture()


def told(case: Case, place: Place, adapter: Adapter, error: BaseException | None) -> str:
    """What a person needs to look around."""
    where = ["--url", place.ready.control_url, "--world", place.control.app_id]
    ended = adapter.exit_status()
    state = "" if ended is None else f" (it has ended with status {ended})"
    lines = [
        f"\n\nheld: {case.id}: {_ending(error)}",
        f"  control API  {place.ready.control_url}/worlds/{place.control.app_id}",
        f"  journal      {shlex.join(['fakeqq', 'journal', '--follow', *where])}",
        f"  a user       {shlex.join(['fakeqq', 'say', 'ping', *where])}",
        f"  the bot      process {adapter.pid}{state}",
        "Enter ends it. ",
    ]
    return "\n".join(lines)


def _ending(error: BaseException | None) -> str:
    if error is None:
        return "it passes"
    if isinstance(error, Finding):
        return f"{error.verdict.value}: {error.observed}"
    return f"{type(error).__name__}: {error}"
