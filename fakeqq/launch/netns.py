"""The outside half of the network namespace: starts the inside half and gives its sockets to the server."""

from __future__ import annotations

import functools
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakeqq.directories import OwnedDirectory
from fakeqq.launch.address import PLATFORM_ADDRESS
from fakeqq.launch.adopt import hand_over
from fakeqq.launch.causes import explain
from fakeqq.launch.errors import LaunchError, not_executable
from fakeqq.wire.hosts import PLATFORM_HOSTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fakeqq.launch.spawn import Plan

TIMEOUT = 15.0
"""Seconds the inside half may need to get ready."""

_NSCD_SOCKETS = ("/var/run/nscd/socket", "/run/nscd/socket")


def private_files(directory: Path) -> list[tuple[str, str]]:
    """Write the files that will lie over the machine's, and return the pairs (ours, theirs).

    The hosts file is the reason. The two others make sure that it is asked: systemd-resolved and nscd are
    processes outside, which read the machine's own hosts file.
    """
    names = "|".join(re.escape(host) for host in PLATFORM_HOSTS)
    mentions = re.compile(rf"(?<![\w.-])(?:{names})(?![\w.-])", re.IGNORECASE)
    kept = [line for line in _lines("/etc/hosts") if not mentions.search(line)]
    added = [f"{PLATFORM_ADDRESS}\t{host}" for host in sorted(PLATFORM_HOSTS)]
    hosts = directory / "hosts"
    hosts.write_text("\n".join([*kept, *added, ""]), encoding="utf-8")
    pairs = [(str(hosts), "/etc/hosts")]
    if Path("/etc/nsswitch.conf").exists():
        others = [line for line in _lines("/etc/nsswitch.conf") if not line.lstrip().startswith("hosts:")]
        switch = directory / "nsswitch.conf"
        switch.write_text("\n".join([*others, "hosts: files dns", ""]), encoding="utf-8")
        pairs.append((str(switch), "/etc/nsswitch.conf"))
    pairs += [(os.devnull, path) for path in _NSCD_SOCKETS if Path(path).exists()][:1]
    return pairs


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []


def start(
    plan: Plan, environment: Mapping[str, str], popen: Mapping[str, Any], inbound: socket.socket | None = None
) -> tuple[subprocess.Popen[bytes], list[socket.socket]]:
    """Start the plan's command inside a new namespace whose platform address leads to the server.

    `popen` holds further arguments of subprocess.Popen. What connects to the listener `inbound` reaches the plan's
    endpoint inside. The sockets that are returned must stay open while anything inside shall reach the server.

    Raises:
        LaunchError: namespaces do not work here, or the command cannot be executed.
    """
    relayed = None if inbound is None or plan.endpoint is None else (inbound, plan.endpoint.port)
    process, control, listeners = _prepare(plan.directory, plan.ready.port, popen, relayed)
    links: list[socket.socket] = []
    try:
        with control:
            for listener, tls in zip(listeners, (True, False), strict=True):
                links.append(hand_over(str(plan.ready.adopt_socket), listener, tls=tls, app_id=plan.app_id))
            _order(control, plan.words, environment)
    except BaseException:
        for link in links:
            link.close()
        _discard(process)
        raise
    finally:
        for listener in listeners:
            listener.close()
    return process, links


def _order(control: socket.socket, command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Tell the inside half what to become.

    Raises:
        LaunchError: the command cannot be executed.
    """
    order = {"command": list(command), "environment": dict(environment)}
    control.sendall(json.dumps(order).encode() + b"\n")
    # The socket closes by itself when the command is executed, so an empty answer is success.
    answer = control.recv(65536)
    if answer:
        error = json.loads(answer)["error"]
        raise not_executable(command[0], error["errno"], error["reason"])


@functools.cache
def obstacle() -> LaunchError | None:
    """Why namespaces do not work here, found by making one; None when they do. Asked once per process."""
    with OwnedDirectory("netns") as directory:
        try:
            process, control, listeners = _prepare(
                Path(directory), 0, {"stdin": subprocess.DEVNULL, "stderr": subprocess.PIPE}
            )
        except LaunchError as error:
            return error
        control.close()
        for listener in listeners:
            listener.close()
        process.communicate()
    return None


def _prepare(
    directory: Path, plain_port: int, popen: Mapping[str, Any], relayed: tuple[socket.socket, int] | None = None
) -> tuple[subprocess.Popen[bytes], socket.socket, list[socket.socket]]:
    """Start the inside half and wait for its two listeners (TLS, plain); `relayed` is a way in, and where it leads."""
    if sys.platform != "linux":
        raise LaunchError(
            "network namespaces exist on Linux only",
            "Use --via shim, or run this in a Linux container or VM.",
            exit_code=2,
        )
    words = [word for pair in private_files(directory) for word in ("--mount", *pair)]
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with theirs:
        descriptors = [theirs.fileno()]
        # -P: the child's working directory must not supply modules to this helper.
        helper = [sys.executable, "-P", "-m", "fakeqq.launch.namespace"]
        helper += ["--control-fd", str(theirs.fileno()), "--plain-port", str(plain_port), *words]
        if relayed is not None:
            listener, port = relayed
            descriptors.append(listener.fileno())
            helper += ["--webhook-fd", str(listener.fileno()), "--webhook-port", str(port)]
        process = subprocess.Popen(helper, pass_fds=descriptors, **popen)  # noqa: S603 (our own program)
    try:
        return process, ours, _receive(ours)
    except BaseException:
        ours.close()
        _discard(process)
        raise


def _receive(control: socket.socket) -> list[socket.socket]:
    """The two listeners that the inside half sends when it is ready.

    Raises:
        LaunchError: it reported a refused step, or nothing in time.
    """
    control.settimeout(TIMEOUT)
    try:
        answer, descriptors, _flags, _address = socket.recv_fds(control, 65536, 2)
    except TimeoutError as error:
        raise LaunchError(f"the namespace helper was not ready after {TIMEOUT:g} s", exit_code=5) from error
    listeners = [socket.socket(fileno=descriptor) for descriptor in descriptors]
    message = json.loads(answer) if answer else {}
    if "error" in message:
        raise _refusal(message["error"])
    if not listeners:
        raise LaunchError("the namespace helper ended before it was ready", "`fakeqq doctor` tells more.", exit_code=5)
    return listeners


def _discard(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _refusal(error: Mapping[str, Any]) -> LaunchError:
    """What the inside half reported, with its cause and what to do."""
    cause, advice = explain(error["errno"])
    step = f"{error['step']}: {error['reason']}"
    return LaunchError(f"a network namespace cannot be made here ({step}): {cause}", advice, exit_code=2)
