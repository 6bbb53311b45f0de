"""A live server in the test's own loop, and the clients that talk to it."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aiohttp
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from fakeqq.web.server import ServeOptions, Server

C2C = 1 << 25


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    raw_headers: Sequence[tuple[bytes, bytes]]
    body: bytes


class Live:
    """One server, one HTTP client, and the world made at the start."""

    def __init__(self, server, http):
        self.server = server
        self.http = http
        self.ready = server.ready
        self.base = server.ready["api_base"]
        self.app_id, self.secret = server.ready["app_id"], server.ready["secret"]

    @property
    def world(self):
        return self.server.platform.world(self.app_id)

    async def control(self, method, path, body=None, *, raw=None, **more):
        """Status and JSON of a control route."""
        data = raw if raw is not None else None if body is None else json.dumps(body)
        headers = {"content-type": "application/json", **more.pop("headers", {})}
        url = f"{self.ready['control_url']}{path}"
        async with self.http.request(method, url, data=data, headers=headers, **more) as answer:
            return answer.status, await answer.json()

    async def do(self, method, path, body=None):
        """A control call about the first world that must succeed."""
        status, answer = await self.control(method, f"/worlds/{self.app_id}{path}", body)
        assert status < 300, answer
        return answer

    async def faults(self, *faults):
        await self.do("PUT", "/faults", list(faults))

    async def wait(self, where, **more):
        answer = await self.do("POST", "/journal/wait", {"where": where, **more})
        return answer["entries"]

    async def token(self, app_id=None, secret=None, base=None):
        body = {"appId": app_id or self.app_id, "clientSecret": secret or self.secret}
        async with self.http.post(f"{base or self.base}/app/getAppAccessToken", json=body) as answer:
            return (await answer.json())["access_token"]

    async def call(self, method, path, *, token=None, **more):
        """One bot request: the answer with its body read."""
        headers = {"authorization": f"QQBot {token or await self.token()}", **more.pop("headers", {})}
        async with self.http.request(method, self.base + path, headers=headers, **more) as answer:
            return Answer(answer.status, answer.headers, answer.raw_headers, await answer.read())

    @contextlib.asynccontextmanager
    async def socket(self, url=None, **more):
        async with connect(url or self.ready["gateway_url"], **more) as socket:
            yield socket

    async def login(self, socket, intents=C2C, token=None):
        """HELLO, IDENTIFY, READY; returns READY's `d`."""
        assert json.loads(await socket.recv())["op"] == 10
        token = token or await self.token()
        await socket.send(json.dumps({"op": 2, "d": {"token": f"QQBot {token}", "intents": intents, "shard": [0, 1]}}))
        ready = json.loads(await socket.recv())
        assert ready["t"] == "READY", ready
        return ready["d"]

    @contextlib.asynccontextmanager
    async def online(self, **more):
        async with self.socket(**more) as socket:
            await self.login(socket)
            yield socket


@contextlib.asynccontextmanager
async def serving(**options):
    """A live server that is stopped at the end and leaks no task."""
    before = asyncio.all_tasks()
    async with Server(ServeOptions(port=0, **options)) as server, aiohttp.ClientSession() as http:
        yield Live(server, http)
    left = {task for task in asyncio.all_tasks() - before - {asyncio.current_task()} if not task.done()}
    assert left == set()


async def until(holds):
    """Wait for what leaves no entry in a journal."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.001)


class Complaints(logging.Handler):
    """What the server logs as a fault of its own."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.records = []

    def emit(self, record):
        self.records.append(record.getMessage() + (f": {record.exc_info[1]!r}" if record.exc_info else ""))


def fault(on, *do, **more):
    return {"name": "f", "on": on, "do": [verb if isinstance(verb, dict) else {"verb": verb} for verb in do], **more}


async def ended(socket):
    """The close code the client saw; 1006 when no close frame came."""
    try:
        while True:
            await socket.recv()
    except ConnectionClosed:
        return socket.close_code
