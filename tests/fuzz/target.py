"""A live server in a thread of its own, thrown at by tests that speak raw bytes."""

import asyncio
import contextlib
import json
import logging
import socket
import threading
import time

from web.live import C2C, Complaints
from websockets.sync.client import connect

from fakeqq.web.server import ServeOptions, Server
from fakeqq.wire.errors import ERRORS

# What the platform itself answers with a status of 500 and above, by its older number.
_DOCUMENTED_5XX = {str(row.code) for row in ERRORS if row.status >= 500}
_PATIENCE = 10.0


class Target:
    """One server, what it complains of, and a way to see that it is well."""

    def __init__(self):
        self.complaints = Complaints()
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self):
        for name in ("fakeqq", "asyncio"):
            logging.getLogger(name).addHandler(self.complaints)
        self._thread.start()
        assert self._started.wait(_PATIENCE)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_PATIENCE)
        for name in ("fakeqq", "asyncio"):
            logging.getLogger(name).removeHandler(self.complaints)
        assert not self._thread.is_alive()
        assert self.complaints.records == []

    async def _serve(self):
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with Server(ServeOptions(port=0, seed=1)) as self.server:
            self._idle_tasks = len(asyncio.all_tasks())
            self._started.set()
            await self._stop.wait()

    @property
    def ready(self):
        return self.server.ready

    def exchange(self, raw):
        """Send bytes, read to the end; returns the answer's status (None without one) and what follows the head."""
        with socket.create_connection(("127.0.0.1", self.ready["port"]), timeout=_PATIENCE) as line:
            answer = b""
            with contextlib.suppress(ConnectionError):
                line.sendall(raw)
                while part := line.recv(65536):
                    answer += part
        if not answer:
            return None, b""
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), body

    def request(self, method, path, body=b"", headers=(), *, chunked=False):
        """One HTTP request; names, values and path are bytes and go out as they are."""
        lines = [b"%s %s HTTP/1.1" % (method, path), b"Host: 127.0.0.1", b"Connection: close"]
        lines += [b"%s: %s" % header for header in headers]
        if chunked:
            lines.append(b"Transfer-Encoding: chunked")
            body = (b"%x\r\n%s\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
        else:
            lines.append(b"Content-Length: %d" % len(body))
        return self.exchange(b"\r\n".join(lines) + b"\r\n\r\n" + body)

    def control(self, method, path, body=None):
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        status, answer = self.request(
            method.encode(), b"/_fakeqq" + path.encode(), raw, [(b"Content-Type", b"application/json")]
        )
        return status, json.loads(answer)

    def token(self, world):
        body = json.dumps({"appId": world["app_id"], "clientSecret": world["secret"]}).encode()
        _, answer = self.request(b"POST", b"/app/getAppAccessToken", body, [(b"Content-Type", b"application/json")])
        return json.loads(answer)["access_token"]

    def connect(self):
        return connect(self.ready["gateway_url"], open_timeout=_PATIENCE, close_timeout=_PATIENCE)

    def is_well(self):
        """A fresh bot comes online, is spoken to, and answers; nothing is logged; no task is left."""
        status, world = self.control("POST", "/worlds")
        assert status == 201
        token = self.token(world)
        with self.connect() as bot:
            assert json.loads(bot.recv(_PATIENCE))["op"] == 10
            bot.send(json.dumps({"op": 2, "d": {"token": f"QQBot {token}", "intents": C2C, "shard": [0, 1]}}))
            assert json.loads(bot.recv(_PATIENCE))["t"] == "READY"
            _, said = self.control("POST", f"/worlds/{world['app_id']}/say", {"text": "well?"})
            message = json.loads(bot.recv(_PATIENCE))["d"]
            assert message["content"] == "well?"
            body = json.dumps({"content": "well!", "msg_id": message["id"]}).encode()
            path = f"/v2/users/{said['user']}/messages".encode()
            headers = [(b"Authorization", f"QQBot {token}".encode()), (b"Content-Type", b"application/json")]
            assert self.request(b"POST", path, body, headers)[0] == 200
        assert self.control("DELETE", f"/worlds/{world['app_id']}")[0] == 200
        assert self.complaints.records == []
        deadline = time.monotonic() + _PATIENCE
        while len(asyncio.all_tasks(self._loop)) > self._idle_tasks:
            assert time.monotonic() < deadline, asyncio.all_tasks(self._loop)
            time.sleep(0.005)


def is_documented(status, body):
    """Whether an answer is one the platform gives: below 500, or one of its own."""
    if status is None or status < 500:
        return True
    with contextlib.suppress(ValueError):
        return str(json.loads(body).get("code")) in _DOCUMENTED_5XX
    return False
