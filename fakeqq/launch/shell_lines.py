"""Lines for `eval "$(fakeqq env …)"`: assignments a POSIX shell reads, everything else behind a `#`."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from fakeqq.launch import adapters, environment

if TYPE_CHECKING:
    from fakeqq.launch.ready import Ready


def general(ready: Ready) -> list[str]:
    """For a program that reads this project's own variables, or the common ones."""
    lines = _exports(environment.pointing(ready, ready.app_id, ready.secret))
    if ready.ca_file is not None and ready.tls_port is not None:
        lines.append(f"# TLS: https://127.0.0.1:{ready.tls_port}, certificate authority {ready.ca_file}")
    lines.append(f"# for an adapter that is known: fakeqq env {'|'.join(one.name for one in adapters.ADAPTERS)}")
    lines.append("# for a program without such settings: fakeqq run -- COMMAND")
    return lines


def for_adapter(ready: Ready, adapter: adapters.Adapter) -> list[str]:
    """For one known adapter."""
    values = adapters.fields(ready)
    lines = [f"# {adapter.package}", *(f"# {line}" for line in adapter.note.splitlines())]
    lines += _exports({name: value.format_map(values) for name, value in adapter.variables})
    if adapter.code:
        lines += [
            "# in its configuration:",
            *(f"#   {line.format_map(values)}" for line in adapter.code.splitlines()),
        ]
    return lines


def _exports(variables: dict[str, str]) -> list[str]:
    return [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
