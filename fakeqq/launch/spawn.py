"""From a plan to a running process: its environment, its streams, its way to the server."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakeqq.launch import bundle, environment, faketime, netns, shim, strays, webhook
from fakeqq.launch.errors import LaunchError, not_executable
from fakeqq.launch.tail import Tail
from fakeqq.launch.via import Via

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fakeqq.launch.ready import Ready
    from fakeqq.launch.webhook import Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that is decided about a child before it runs.

    `directory` is private to it; `mark` names it among all processes; `via` is a real way, not AUTO; `endpoint` is
    where it shall take webhook deliveries, if it shall.
    """

    words: Sequence[str]
    ready: Ready
    app_id: str
    secret: str
    via: Via
    speed: float
    extra_environment: Mapping[str, str]
    working_directory: Path | None
    output: Path | None
    inherit: bool
    directory: Path
    mark: str
    endpoint: Endpoint | None = None


@dataclass(frozen=True, slots=True)
class Spawned:
    """A running process.

    `links` keep its namespace connected to the server; `tail` reads its output; `outer_port` is where its webhook is
    reached from here.
    """

    process: subprocess.Popen[bytes]
    links: Sequence[socket.socket]
    tail: Tail | None = None
    outer_port: int | None = None


def variables(plan: Plan, base: Mapping[str, str]) -> dict[str, str]:
    """The child's whole environment; the caller's extra variables have the last word.

    Raises:
        LaunchError: the way or the speed does not work here.
    """
    result = dict(base)
    result.pop("FAKEQQ_CONTROL_TOKEN", None)  # for whoever drives the server, not for the bot
    if plan.ready.ca_file is not None:
        merged = bundle.merge(Path(plan.ready.ca_file), plan.directory / "authorities.pem", base)
        result.update(environment.trust(merged))
    for name in ("FAKEQQ_WEBHOOK_PORT", "FAKEQQ_WEBHOOK_PATH"):
        result.pop(name, None)
    result.update(environment.pointing(plan.ready, plan.app_id, plan.secret, plan.endpoint))
    result.update(environment.no_proxy(base))
    if plan.via is Via.SHIM:
        result.update(shim.install(plan.directory, plan.ready.tls_port, result))
    result.update(faketime.variables(plan.speed, result))
    result.update(plan.extra_environment)
    result[strays.MARK] = plan.mark
    return result


def spawn(plan: Plan) -> Spawned:
    """Start the process.

    Raises:
        LaunchError: the command cannot be executed, or the way or the speed does not work here.
    """
    complete = variables(plan, os.environ)
    options: dict[str, Any] = {"start_new_session": True, "cwd": plan.working_directory}
    if plan.inherit:
        return _execute(plan, complete, options)
    read_end, write_end = os.pipe()
    options |= {"stdin": subprocess.DEVNULL, "stdout": write_end, "stderr": write_end}
    try:
        spawned = _execute(plan, complete, options)
    except BaseException:
        os.close(read_end)
        raise
    finally:
        os.close(write_end)
    return replace(spawned, tail=Tail(read_end, plan.output))


def _execute(plan: Plan, complete: Mapping[str, str], options: Mapping[str, Any]) -> Spawned:
    if plan.via is Via.NETNS:
        if plan.ready.adopt_socket is None or plan.ready.tls_port is None:
            raise LaunchError(
                "--via netns needs the server's TLS port", "Start the server with --tls-port 0.", exit_code=2
            )
        return _execute_inside(plan, complete, options)
    try:
        process = subprocess.Popen(plan.words, env=complete, **options)  # noqa: S603 (the user's own command)
    except OSError as error:
        raise not_executable(plan.words[0], error.errno, error.strerror) from error
    return Spawned(process, [], outer_port=plan.endpoint.port if plan.endpoint else None)


def _execute_inside(plan: Plan, complete: Mapping[str, str], options: Mapping[str, Any]) -> Spawned:
    if plan.endpoint is None:
        return Spawned(*netns.start(plan, complete, options))
    with socket.create_server((webhook.HOST, 0), backlog=webhook.BACKLOG) as inbound:
        process, links = netns.start(plan, complete, options, inbound)
        return Spawned(process, links, outer_port=inbound.getsockname()[1])
