"""Closed-loop HTTP load over raw sockets, cheap enough not to be what is measured."""

from __future__ import annotations

import asyncio
import time


async def requests_per_second(host: str, port: int, requests: list[bytes], connections: int = 16) -> float:
    """Send prepared requests over keep-alive connections, one in flight on each; how many answers came per second."""
    waiting = iter(requests)
    statuses: dict[bytes, int] = {}

    async def worker() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        for request in waiting:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            await reader.readexactly(length)
            status = head.split(b" ", 2)[1]
            statuses[status] = statuses.get(status, 0) + 1
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(connections)))
    elapsed = time.perf_counter() - start
    if set(statuses) != {b"200"}:
        raise SystemExit(f"the load was not answered with 200 throughout: {statuses}")
    return len(requests) / elapsed


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """One request as bytes."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
