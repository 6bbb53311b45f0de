"""The control API for programs that are not asynchronous: the suite, the command line, a test."""

from fakeqq.launch.control.errors import ControlError, JournalTimeout, unreachable
from fakeqq.launch.control.server import Control
from fakeqq.launch.control.world import WorldControl

__all__ = ["Control", "ControlError", "JournalTimeout", "WorldControl", "unreachable"]
