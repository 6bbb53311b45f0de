"""`POST /v2/users/{openid}/messages`: fakeqq with all checks and the journal on, beside a bare FastAPI endpoint."""

from __future__ import annotations

import asyncio
import json

import httpx2
from load import post, requests_per_second
from processes import fakeqq, script

REQUESTS = 4_000


def compare(rounds: int) -> list[tuple[float, float]]:
    """Requests per second of fakeqq and of the yardstick, in turn."""
    with fakeqq() as ready, script("bare_fastapi.py") as bare:
        return [(_fakeqq(ready), _bare(bare)) for _ in range(rounds)]


def _fakeqq(ready: dict) -> float:
    with httpx2.Client() as http:
        control = f"{ready['control_url']}/worlds"
        world = http.post(control, json={"settings": {"switches": {"c2c_reply_count": "unenforced"}}}).json()
        keys = {"appId": world["app_id"], "clientSecret": world["secret"]}
        token = http.post(ready["token_url"], json=keys).json()["access_token"]
        said = http.post(f"{control}/{world['app_id']}/say", json={"text": "ping"}).json()
        headers = {"Authorization": f"QQBot {token}"}
        path = f"/v2/users/{said['user']}/messages"
        rate = asyncio.run(requests_per_second("127.0.0.1", ready["port"], _bodies(path, said["message_id"], headers)))
        http.delete(f"{control}/{world['app_id']}")
    return rate


def _bare(ready: dict) -> float:
    requests = _bodies("/v2/users/0123456789ABCDEF/messages", "ROBOT1.0_x!", {"Authorization": "QQBot token"})
    return asyncio.run(requests_per_second("127.0.0.1", ready["port"], requests))


def _bodies(path: str, message_id: str, headers: dict[str, str]) -> list[bytes]:
    return [
        post(path, json.dumps({"content": "pong", "msg_type": 0, "msg_id": message_id, "msg_seq": n}).encode(), headers)
        for n in range(1, REQUESTS + 1)
    ]
