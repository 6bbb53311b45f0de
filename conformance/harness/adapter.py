"""The process under test: started when the story says so, watched, and ended with everything it started."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.verdict import Broken, SetupFailed
from fakeqq.directories import OwnedDirectory
from fakeqq.launch import child
from fakeqq.launch.errors import LaunchError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.features import Feature
    from fakeqq.launch.child import Child
    from fakeqq.launch.ready import Ready
    from fakeqq.launch.via import Via

NOT_EXECUTABLE = 126
NOT_FOUND = 127
"""What a shell exits with when it could not run the command; any other status is the bot's own."""


@dataclass(frozen=True, slots=True)
class AdapterCommand:
    """How the adapter is started, and what it declares.

    Attributes:
        words: the command.
        via: the way it is pointed at the server.
        speed: how many times faster its clock runs.
        features: what it declares to have beyond the echo.
        webhook_path: where on its webhook port it takes deliveries.
    """

    words: tuple[str, ...]
    via: Via
    speed: float
    features: frozenset[Feature] = frozenset()
    webhook_path: str = "/"


class Adapter:
    """The adapter, for one check: one process at a time."""

    def __init__(self, command: AdapterCommand, ready: Ready, *, app_id: str, secret: str, check_id: str) -> None:
        self._command = command
        self._ready = ready
        self._app_id = app_id
        self._secret = secret
        self._check_id = check_id
        self._child: Child | None = None
        self._home: OwnedDirectory | None = None

    @property
    def words(self) -> Sequence[str]:
        """The command, as it was given."""
        return self._command.words

    @property
    def is_started(self) -> bool:
        """Whether `start` was called."""
        return self._child is not None

    def start(self, *, by_webhook: bool = False, environment: Mapping[str, str] = MappingProxyType({})) -> None:
        """Start the process; again, when the one before has ended.

        Args:
            by_webhook: it shall take deliveries, and no connection.
            environment: what it is told besides.

        Raises:
            SetupFailed: the command cannot be executed.
            Broken: it runs already, or the machine cannot do what the options ask for.
        """
        if self.is_started and self.exit_status() is None:
            raise Broken("the adapter was started while it ran")
        self.end(grace=0)
        self._home = self._home or OwnedDirectory("adapter")
        try:
            self._child = child.start(
                self._command.words,
                self._ready,
                app_id=self._app_id,
                secret=self._secret,
                via=self._command.via,
                speed=self._command.speed,
                extra_environment={
                    "FAKEQQ_CHECK": self._check_id,
                    "FAKEQQ_SESSION_FILE": str(Path(self._home.name) / "session"),
                    **environment,
                },
                webhook_path=self._command.webhook_path if by_webhook else None,
            )
        except LaunchError as error:
            raise SetupFailed(str(error), expected="the adapter's command starts") from error

    def be_given(self, secret: str) -> None:
        """What the next start tells it as its secret."""
        self._secret = secret

    @property
    def webhook_url(self) -> str | None:
        """Where deliveries reach it; None for one that was not asked to take any."""
        return None if self._child is None else self._child.webhook_url

    def is_listening(self) -> bool:
        """Whether it listens for deliveries by now."""
        return self._child is not None and self._child.is_listening()

    @property
    def pid(self) -> int | None:
        """The process, which is also the number of its session; None before `start`."""
        return None if self._child is None else self._child.pid

    def exit_status(self) -> int | None:
        """The status with which the process ended, minus the number of the signal that ended it; None while it runs.

        What it left behind lives on until `end`.
        """
        return None if self._child is None else self._child.peek()

    def could_not_run(self) -> bool:
        """Whether the status is a shell's word for a command that it could not run."""
        return self.exit_status() in (NOT_EXECUTABLE, NOT_FOUND)

    def ask_to_stop(self) -> None:
        """SIGTERM to the process."""
        if self._child is not None:
            self._child.ask_to_stop()

    def kill(self) -> None:
        """SIGKILL to the process and all that it started, without a warning."""
        if self._child is not None:
            self._child.kill()

    def has_exited(self, timeout: float) -> bool:
        """Wait for the process to end, so many real seconds; what it left behind lives on until `end`."""
        return self._child is None or self._child.has_exited(timeout)

    def end(self, grace: float) -> None:
        """Ask the process to stop, and end its whole group after `grace` real seconds; safe to call again."""
        if self._child is not None:
            self._child.terminate(grace=grace)

    def stop(self, grace: float) -> None:
        """As `end`, for good: what it kept for its next start goes, too."""
        self.end(grace)
        if self._home is not None:
            self._home.cleanup()
            self._home = None

    def stderr_tail(self, lines: int) -> str:
        """The last lines that the process printed."""
        return "" if self._child is None else self._child.stderr_tail(lines)


def describe_exit(status: int) -> str:
    """An exit status in words."""
    return f"the process was ended by signal {-status}" if status < 0 else f"the process exited with status {status}"
