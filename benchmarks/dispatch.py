"""Dispatches per second to one subscriber: numbered, buffered for replay and journalled, beside plain uvicorn sends."""

from __future__ import annotations

import base64
import json
import os
import socket
import time

from processes import script

FRAMES = 30_000
_NAME = b'"t":"C2C_MESSAGE_CREATE"'


def compare(rounds: int) -> list[tuple[float, float]]:
    """Frames per second of fakeqq and of the yardstick, in turn."""
    return [(_rate("fakeqq"), _rate("uvicorn")) for _ in range(rounds)]


def _rate(kind: str) -> float:
    with (
        script("dispatch_server.py", kind, str(FRAMES)) as ready,
        socket.create_connection(("127.0.0.1", ready["port"])) as client,
    ):
        key = base64.b64encode(os.urandom(16)).decode()
        client.sendall(
            f"GET /websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in client.recv(65_536):
            pass
        identify = {"op": 2, "d": {"token": f"QQBot {ready['token']}", "intents": 1 << 25, "shard": [0, 1]}}
        client.sendall(_masked(json.dumps(identify).encode()))
        return _count(client)


def _count(client: socket.socket) -> float:
    """From the first frame to the last; frames are counted by their event name, split ones too."""
    seen, carried, start = 0, b"", 0.0
    while seen < FRAMES:
        data = carried + client.recv(1 << 18).replace(b'"t": "', b'"t":"')
        found = data.count(_NAME)
        if found and not start:
            start = time.perf_counter()
        seen += found
        carried = data[data.rfind(_NAME) + len(_NAME) :][-64:] if found else data[-64:]
    return seen / (time.perf_counter() - start)


def _masked(payload: bytes) -> bytes:
    """A client's text frame of less than 64 KiB; the mask is zero, so the payload stays as it is."""
    return b"\x81\xfe" + len(payload).to_bytes(2, "big") + b"\0\0\0\0" + payload
