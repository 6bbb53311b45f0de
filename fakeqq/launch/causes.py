"""Why a system refuses a user namespace, and what to do about it: its known settings."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path

FALLBACK = "Or use --via shim."


@dataclass(frozen=True, slots=True)
class Cause:
    """A setting below /proc/sys, the value that forbids, what that means, what to do."""

    setting: str
    value: str
    meaning: str
    remedy: str


CAUSES = (
    Cause(
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "AppArmor restricts unprivileged user namespaces, the default of Ubuntu 24.04 and of its CI images "
        "(https://github.com/actions/runner-images/issues/10443)",
        "Allow them: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    Cause(
        "kernel/unprivileged_userns_clone",
        "0",
        "this kernel is set to refuse unprivileged user namespaces",
        "Allow them: sudo sysctl -w kernel.unprivileged_userns_clone=1",
    ),
    Cause(
        "user/max_user_namespaces",
        "0",
        "no user namespace is allowed",
        "Allow some: sudo sysctl -w user.max_user_namespaces=10000",
    ),
)


def explain(number: int | None, settings: Path = Path("/proc/sys")) -> tuple[str, str]:
    """The likely cause of a refused step with the system's error `number`, and what to do."""
    for cause in CAUSES:
        if _read(settings / cause.setting) == cause.value:
            return cause.meaning, f"{cause.remedy}\n{FALLBACK}"
    if number == errno.ENOSPC:
        return (
            "all allowed user namespaces are in use",
            f"Allow more: sudo sysctl -w user.max_user_namespaces=10000\n{FALLBACK}",
        )
    if number in (errno.EINVAL, errno.ENOSYS):
        return "this kernel was built without user namespaces", FALLBACK
    return (
        "user namespaces are refused; inside a container its seccomp or AppArmor profile does that",
        f"Docker: --security-opt seccomp=unconfined --security-opt apparmor=unconfined\n{FALLBACK}",
    )


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return None
