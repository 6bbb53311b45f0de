"""Hand a listening socket to the server.

One connection to the server's unix socket carries one listener. The server accepts on it for as long as that
connection stays open.
"""

from __future__ import annotations

import json
import socket

from fakeqq.launch.errors import LaunchError

TIMEOUT = 10.0
"""Seconds to wait for the server's word."""


def hand_over(path: str, listener: socket.socket, *, tls: bool, app_id: str) -> socket.socket:
    """Give `listener` to the server as a door of one world; the connection returned keeps it in use.

    The caller's own copy of the listener may be closed at once.

    Raises:
        LaunchError: the server did not take it.
    """
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        link.settimeout(TIMEOUT)
        link.connect(path)
        socket.send_fds(link, [json.dumps({"tls": tls, "app_id": app_id}).encode()], [listener.fileno()])
        answer = link.recv(4096)
        taken = bool(answer) and json.loads(answer).get("ok") is True
    except (OSError, ValueError) as error:
        link.close()
        raise LaunchError(
            f"the server did not take a listening socket: {error}",
            "Is the server still running?",
            exit_code=5,
        ) from error
    if not taken:
        link.close()
        raise LaunchError(f"the server did not take a listening socket; it said: {answer!r}", exit_code=5)
    link.settimeout(None)
    return link
