"""The inside half of the network namespace: a short program that becomes the child.

`python -m fakeqq.launch.namespace --control-fd N --plain-port P --mount SOURCE TARGET …
[--webhook-fd N --webhook-port P]`

It moves itself into a new user, mount and network namespace, puts private files (hosts) over the machine's,
gives the loopback interface the platform's address, and listens there. The two listening sockets go out over
the unix socket N, because the server stays outside. The answer, one line of JSON
`{"command": […], "environment": {…}}`, is then executed in this process's place; the environment comes so
late because it may hold a faster clock, which is for the command only. The listening socket `--webhook-fd`, made
outside, is relayed to the port `--webhook-port` inside, by a process that is left behind. The machine itself is not
changed: all of it disappears with the last process inside.

No program is needed for any of it (`unshare`, `mount` and `ip` may be absent). Standard library only.
https://man7.org/linux/man-pages/man7/user_namespaces.7.html
https://man7.org/linux/man-pages/man7/netdevice.7.html
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fakeqq.launch import relay
from fakeqq.launch.address import PLATFORM_ADDRESS, PLATFORM_PORT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# <linux/sched.h>, <linux/mount.h>, <linux/sockios.h>, <linux/if.h>
CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET = 0x00020000, 0x10000000, 0x40000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCSIFADDR, SIOCSIFNETMASK = 0x8913, 0x8914, 0x8916, 0x891C
IFF_UP = 0x1
BACKLOG = 256


class StepError(Exception):
    """One step was refused by the system; `step` is its name, `error` the system's reason."""

    def __init__(self, step: str, error: OSError) -> None:
        super().__init__(f"{step}: {error}")
        self.step = step
        self.error = error


def _attempt(step: str, action: Callable[[], object]) -> None:
    try:
        action()
    except OSError as error:
        raise StepError(step, error) from error


def _checked(result: int) -> None:
    """The C library's way of failing, as an exception."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def enter(mounts: Sequence[tuple[str, str]]) -> None:
    """Go into the namespaces; the process keeps its own user and group ids.

    Raises:
        StepError: the system refused one step.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET
    _attempt("unshare", lambda: _checked(libc.unshare(flags)))
    # A group map may be written without privileges only once setgroups is given up.
    _attempt("setgroups", lambda: Path("/proc/self/setgroups").write_text("deny", encoding="ascii"))
    _attempt("uid_map", lambda: Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii"))
    _attempt("gid_map", lambda: Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii"))
    _attempt("mount", lambda: _checked(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None)))
    for source, target in mounts:
        arguments = (os.fsencode(source), os.fsencode(target), None, MS_BIND, None)
        _attempt(f"mount over {target}", lambda given=arguments: _checked(libc.mount(*given)))  # type: ignore[misc]
    _attempt("loopback", raise_loopback)


def raise_loopback() -> None:
    """Bring `lo` up and give it the platform's address (and only that one, hence the full mask)."""

    def request(name: bytes, address: str) -> bytes:
        return struct.pack("16sHH4s16x", name, socket.AF_INET, 0, socket.inet_aton(address))

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        answer = fcntl.ioctl(handle, SIOCGIFFLAGS, struct.pack("16s24x", b"lo"))
        (flags,) = struct.unpack_from("H", answer, 16)
        fcntl.ioctl(handle, SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", flags | IFF_UP))
        fcntl.ioctl(handle, SIOCSIFADDR, request(b"lo:fakeqq", PLATFORM_ADDRESS))
        fcntl.ioctl(handle, SIOCSIFNETMASK, request(b"lo:fakeqq", "255.255.255.255"))


def listen(plain_port: int) -> tuple[socket.socket, socket.socket]:
    """The TLS listener on the platform's address, and the plain one on loopback, at the port it has outside.

    Raises:
        StepError: a port is not free, which cannot be in a new namespace.
    """
    try:
        return (
            socket.create_server((PLATFORM_ADDRESS, PLATFORM_PORT), backlog=BACKLOG),
            socket.create_server(("127.0.0.1", plain_port), backlog=BACKLOG),
        )
    except OSError as error:
        raise StepError("listen", error) from error


def _report(control: socket.socket, error: StepError) -> None:
    text = {"step": error.step, "errno": error.error.errno, "reason": error.error.strerror}
    control.sendall(json.dumps({"error": text}).encode() + b"\n")


def _become(command: list[str], environment: dict[str, str]) -> None:
    """Execute the command in this process's place; returns only by raising StepError."""
    # Python ignores these for itself, and an ignored signal would stay ignored in the command.
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvpe(command[0], command, environment)  # noqa: S606 (the user's own command)
    except OSError as error:
        raise StepError("exec", error) from error


def main(arguments: Sequence[str]) -> int:
    """Read the words, do the steps, and become the command. Returns only when that did not happen."""
    parser = argparse.ArgumentParser(prog="fakeqq.launch.namespace")
    parser.add_argument("--control-fd", type=int, required=True)
    parser.add_argument("--plain-port", type=int, required=True)
    parser.add_argument("--mount", nargs=2, action="append", default=[], metavar=("SOURCE", "TARGET"))
    parser.add_argument("--webhook-fd", type=int)
    parser.add_argument("--webhook-port", type=int)
    options = parser.parse_args(arguments)
    with socket.socket(fileno=options.control_fd) as control:
        control.set_inheritable(False)
        try:
            enter([(source, target) for source, target in options.mount])
            listeners = listen(options.plain_port)
        except StepError as error:
            _report(control, error)
            return 1
        socket.send_fds(control, [b'{"ready": true}\n'], [listener.fileno() for listener in listeners])
        for listener in listeners:
            listener.close()
        with control.makefile("rb") as incoming:
            answer = incoming.readline()
        if not answer:
            return 0
        order = json.loads(answer)
        if options.webhook_fd is not None:
            with socket.socket(fileno=options.webhook_fd) as inbound:
                relay.leave_behind(inbound, options.webhook_port, control)
        try:
            _become(order["command"], order["environment"])
        except StepError as error:
            _report(control, error)
    return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
