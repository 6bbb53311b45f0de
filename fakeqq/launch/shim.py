"""Patches for Python and Node children, loaded by environment variables; the program is not touched."""

from __future__ import annotations

import os
from importlib.resources import files
from typing import TYPE_CHECKING

from fakeqq.launch.address import PLATFORM_ADDRESS
from fakeqq.launch.errors import LaunchError
from fakeqq.wire.hosts import PLATFORM_HOSTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def install(directory: Path, tls_port: int | None, environment: Mapping[str, str]) -> dict[str, str]:
    """Write both patches into `directory`; return the variables that load them.

    What `environment` already asks of Python and Node is kept.

    Raises:
        LaunchError: the server has no TLS port.
    """
    if tls_port is None:
        raise LaunchError("--via shim needs the server's TLS port", "Start the server with --tls-port 0.", exit_code=2)
    package = files("fakeqq.launch")
    python = directory / "python"
    python.mkdir()
    (python / "sitecustomize.py").write_bytes(package.joinpath("python_shim.py").read_bytes())
    node = directory / "preload.cjs"
    node.write_bytes(package.joinpath("node_shim.cjs").read_bytes())
    return {
        "FAKEQQ_SHIM_ADDRESS": PLATFORM_ADDRESS,
        "FAKEQQ_SHIM_HOSTS": ",".join(sorted(PLATFORM_HOSTS)),
        "FAKEQQ_SHIM_TLS_PORT": str(tls_port),
        "PYTHONPATH": _joined(str(python), environment.get("PYTHONPATH"), os.pathsep),
        "NODE_OPTIONS": _joined(f"--require {_quoted(node)}", environment.get("NODE_OPTIONS"), " "),
    }


def _joined(ours: str, theirs: str | None, separator: str) -> str:
    return f"{ours}{separator}{theirs}" if theirs else ours


def _quoted(path: Path) -> str:
    """A path inside NODE_OPTIONS: in double quotes, with a backslash before what would end them."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
