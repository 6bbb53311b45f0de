"""Who may use the control API: programs on this machine, never a web page that a browser happens to show.

A page of any site can make a browser send requests to 127.0.0.1; DNS rebinding even makes them same-origin. Both are
caught by looking at `Host` and `Origin`. Where a token is demanded any `Host` will do: no page knows the token.
"""

from __future__ import annotations

import hmac
import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping


def refusal(headers: Mapping[str, str], own_host: str, token: str | None) -> tuple[int, str, str] | None:
    """Why a request is refused, as status, code and message; None when it is welcome.

    Args:
        headers: names in lower case.
        own_host: the address this server listens on.
        token: what `Authorization: Bearer …` must carry, or None when none is demanded.
    """
    host = _host_of(headers.get("host", ""))
    if token is None and not (_is_loopback(host) or host == own_host):
        message = f"Host {host!r} is not this machine; use 127.0.0.1 or localhost"
        return 403, "foreign_host", message
    origin = headers.get("origin")
    if origin is not None and not _is_loopback(_host_of(origin.partition("//")[2])):
        return 403, "foreign_origin", f"a page of {origin} may not drive this server"
    if token is not None:
        _, _, given = headers.get("authorization", "").partition(" ")
        if not hmac.compare_digest(given.encode(), token.encode()):
            return (
                401,
                "control_token",
                "send 'Authorization: Bearer TOKEN' with the token given as --control-token",
            )
    return None


def _host_of(authority: str) -> str:
    try:
        return urlsplit(f"//{authority}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
