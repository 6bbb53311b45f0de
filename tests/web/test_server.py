"""Starting and stopping."""

import asyncio
import contextlib
import json
import time

import aiohttp
import pytest
from websockets.asyncio.client import connect

from fakeqq.web.server import ServeOptions, Server
from web.live import C2C, Live, serving, until


async def test_the_ready_line_says_where_everything_is(live):
    ready = live.ready
    port = ready["port"]
    assert (ready["ready"], ready["host"], ready["tls_port"]) == (True, "127.0.0.1", None)
    assert ready["api_base"] == f"http://127.0.0.1:{port}"
    assert ready["token_url"] == f"http://127.0.0.1:{port}/app/getAppAccessToken"
    assert ready["gateway_url"] == f"ws://127.0.0.1:{port}/websocket"
    assert ready["control_url"] == f"http://127.0.0.1:{port}/_fakeqq"
    json.dumps(ready)


async def test_a_seed_repeats_everything():
    ids = []
    for _ in range(2):
        async with serving(seed=5) as live:
            said = await live.do("POST", "/say", {"text": "x"})
            ids.append((live.app_id, live.secret, said["message_id"], said["event_id"], await live.token()))
    assert ids[0] == ids[1]


@pytest.mark.parametrize("strict", [False, True])
async def test_only_a_strict_server_refuses_an_unknown_bot(strict):
    async with serving(strict=strict) as live:
        body = {"appId": "102777777", "clientSecret": "anything"}
        async with live.http.post(live.ready["token_url"], json=body) as answer:
            assert ("access_token" in await answer.json()) is not strict


async def test_it_stops_at_once_when_idle():
    began = time.monotonic()
    async with serving():
        pass
    assert time.monotonic() - began < 2


async def test_it_stops_soon_with_hanging_requests_open_sockets_and_followers():
    tasks = []
    async with aiohttp.ClientSession() as http, contextlib.AsyncExitStack() as stack:
        live = Live(await stack.enter_async_context(Server(ServeOptions(port=0))), http)
        token = await live.token()
        await live.faults(
            {"name": "f", "on": "http: GET /users/@me", "do": [{"verb": "hang"}]},
            {"name": "g", "on": "http: GET /gateway", "do": [{"verb": "delay", "seconds": 600}]},
            {"name": "h", "on": "connect", "nth": 4, "do": [{"verb": "hang"}]},
        )
        headers = {"authorization": f"QQBot {token}"}
        control = f"{live.ready['control_url']}/worlds/{live.app_id}"

        async def swallow(request):
            try:
                async with request as answer:
                    await answer.read()
            except aiohttp.ClientError:
                pass

        silent = await http.ws_connect(live.ready["gateway_url"])
        ready = await http.ws_connect(live.ready["gateway_url"])
        await ready.send_json({"op": 2, "d": {"token": f"QQBot {token}", "intents": C2C}})
        deaf_reader, deaf = await asyncio.open_connection("127.0.0.1", live.ready["port"])
        deaf.write(b"GET /websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")  # fmt: skip
        await deaf_reader.readuntil(b"\r\n\r\n")
        deaf_reader._transport.pause_reading()
        identify = json.dumps({"op": 2, "d": {"token": f"QQBot {token}", "intents": C2C}}).encode()
        deaf.write(bytes([0x81, 0xFE, len(identify) >> 8, len(identify) & 255, 0, 0, 0, 0]) + identify)
        await live.wait({"kind": "ws.out", "t": "READY"}, count=2)
        for _ in range(8):
            await live.do("POST", "/say", {"text": "x" * 1_000_000})
        tasks += [
            asyncio.create_task(swallow(http.get(live.base + "/users/@me", headers=headers))),
            asyncio.create_task(swallow(http.get(live.base + "/gateway", headers=headers))),
            asyncio.create_task(swallow(http.get(f"{control}/journal/stream"))),
            asyncio.create_task(swallow(http.post(f"{control}/journal/wait", json={"where": {"kind": "never"}}))),
            asyncio.create_task(swallow(http.get(live.ready["gateway_url"].replace("ws", "http", 1), headers={
                "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}))),
        ]  # fmt: skip
        _, half = await asyncio.open_connection("127.0.0.1", live.ready["port"])
        half.write(b"POST /gateway HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
        await live.wait({"kind": "fault"}, count=3)
        state = live.server._listeners._state
        began = time.monotonic()
        await stack.aclose()
        assert time.monotonic() - began < 2
        assert not [task for task in state.tasks if not task.done()]
        async with asyncio.timeout(2):
            await asyncio.gather(*tasks)
            await until(lambda: not state.connections)
        deaf.transport.abort()
        half.close()
        await silent.close()
        await ready.close()


async def test_a_stopping_server_notes_that_it_ended_the_connections():
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(Server(ServeOptions(port=0)))
        world = server.first_world
        async with connect(server.ready["gateway_url"]) as socket:
            await socket.recv()
            await stack.aclose()
            await socket.wait_closed()
            assert socket.close_code == 1012
    (entry,) = [entry for entry in world.journal.since() if entry["kind"] == "ws.close"]
    assert (entry["by"], entry["code"]) == ("server", 1012)


async def test_a_taken_port_leaves_nothing_open(live):
    before = asyncio.all_tasks()
    with pytest.raises(OSError, match="in use"):
        async with Server(ServeOptions(port=live.ready["port"])):
            pass
    assert asyncio.all_tasks() - before == set()


async def test_watchers_hear_of_worlds_present_and_future(live):
    heard = []
    live.server.platform.watch(lambda world, entry: heard.append((world.app_id, entry["kind"])))
    await live.do("POST", "/say", {"text": "x"})
    _, made = await live.control("POST", "/worlds")
    await live.control("POST", f"/worlds/{made['app_id']}/say", {"text": "x"})
    assert [pair for pair in heard if pair[1] == "user.said"] == [
        (live.app_id, "user.said"), (made["app_id"], "user.said"),
    ]  # fmt: skip
