"""The ways to point an unmodified program at the server."""

from __future__ import annotations

from enum import StrEnum


class Via(StrEnum):
    """AUTO is the strongest that works here: NETNS, else SHIM.

    ENV: environment variables only. SHIM: ENV, and patches for Python and Node children. NETNS: a
    Linux network namespace of its own, for a program in any language; nothing inside can reach the real
    platform.
    """

    AUTO = "auto"
    ENV = "env"
    SHIM = "shim"
    NETNS = "netns"


def resolve(via: Via) -> Via:
    """AUTO becomes a real way; the others are themselves. Costs one short child process for AUTO."""
    if via is not Via.AUTO:
        return via
    from fakeqq.launch.netns import obstacle  # noqa: PLC0415 (only AUTO needs it)

    return Via.NETNS if obstacle() is None else Via.SHIM
