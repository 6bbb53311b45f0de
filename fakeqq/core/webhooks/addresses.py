"""Where deliveries may go."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from fakeqq.core.errors import ControlError


def check(url: str, *, anywhere: bool) -> None:
    """Refuse what is no address to push to. A test must not send a bot's events to somebody else's machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host:
        raise ControlError("bad_url", f"{url!r} is not an http:// or https:// address with a host")
    if not anywhere and not _is_loopback(host):
        message = f"{host} is not this machine; pushes stay here unless the server runs with --webhook-anywhere"
        raise ControlError("foreign_url", message)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
