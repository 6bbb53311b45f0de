"""Written into a private directory as `sitecustomize.py`, which Python imports at its start.

Sends the platform's host names, port 443, to the TLS port of a local server. Certificates are checked as
always: the name that was asked for stays the name in the handshake. Names alone are not enough: a client on
anyio resolves first and then connects to the address, port 443 included, so connecting is patched as well. An
event loop in C (uvloop) and resolvers in C (c-ares) are out of reach.

It runs in the child's own Python (3.7 or later) and may import nothing of this package. Imported under any
other name it does nothing.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

if __name__ == "sitecustomize":
    import socket
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    _ADDRESS = os.environ.get("FAKEQQ_SHIM_ADDRESS", "")
    _TLS_PORT = int(os.environ.get("FAKEQQ_SHIM_TLS_PORT") or 0)
    _HOSTS = frozenset(os.environ.get("FAKEQQ_SHIM_HOSTS", "").split(","))

    def _translate(host: Any) -> Any:
        """The platform's address for a name of the platform; anything else unchanged."""
        name = bytes(host).decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else host
        if isinstance(name, str) and name.lower().rstrip(".") in _HOSTS:
            return _ADDRESS
        return host

    def _resolving(original: Callable[..., Any]) -> Callable[..., Any]:
        """A function whose first argument is a host name."""

        def resolve(host: Any, *arguments: Any, **keywords: Any) -> Any:
            return original(_translate(host), *arguments, **keywords)

        return resolve

    def _connecting(original: Callable[..., Any]) -> Callable[..., Any]:
        """A socket's method whose argument is an address."""

        def connect(self: socket.socket, address: Any) -> Any:
            if isinstance(address, tuple) and address[1:] == (443,) and _translate(address[0]) == _ADDRESS:
                address = ("127.0.0.1", _TLS_PORT)
            return original(self, address)

        return connect

    def _run_shadowed() -> None:
        """Run the sitecustomize that would have been found without this one, under its own name."""
        # Paths are compared as text, without pathlib: every Python child pays for what happens here.
        here = os.path.dirname(__file__)  # noqa: PTH120
        spec = PathFinder.find_spec("sitecustomize", [entry for entry in sys.path if entry != here])
        if spec is None or spec.loader is None:
            return
        module = module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)

    if _ADDRESS and _TLS_PORT:
        for _name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
            setattr(socket, _name, _resolving(getattr(socket, _name)))
        for _name in ("connect", "connect_ex"):
            setattr(socket.socket, _name, _connecting(getattr(socket.socket, _name)))
    _run_shadowed()
