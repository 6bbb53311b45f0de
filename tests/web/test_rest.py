"""REST over real sockets: one front door, exact headers, faults on the wire."""

import asyncio
import json
import re
import socket as sockets
import ssl

import aiohttp
import pytest

from fakeqq.launch import certificates
from fakeqq.wire import limits
from fakeqq.wire.hosts import PLATFORM_HOSTS
from web.live import serving, until

ME = "http: GET /users/@me"


def fault(on, *do, **more):
    return {"name": "f", "on": on, "do": [verb if isinstance(verb, dict) else {"verb": verb} for verb in do], **more}


async def raw_request(port, data, *, half=False):
    """The whole answer to hand-written bytes, until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    if half:
        writer.write_eof()
    try:
        return await asyncio.wait_for(reader.read(), 5)
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


async def test_the_answers_headers_are_those_of_a_capture(live):
    answer = await live.call("GET", "/users/@me")
    names = [name.decode().lower() for name, _ in answer.raw_headers]
    assert sorted(names) == [
        "access-control-allow-credentials", "access-control-allow-headers", "access-control-allow-methods",
        "connection",         "content-length", "content-type", "date", "server", "x-tps-trace-id",
    ]  # fmt: skip
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["server"] == "TAPISIX/2.2.2"
    assert answer.headers["connection"] == "keep-alive"
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-tps-trace-id"])


async def test_an_errors_trace_id_is_in_header_and_body_alike(live):
    answer = await live.call("GET", "/gateway", token="nobody's")
    body = json.loads(answer.body)
    assert answer.status == 401
    assert body["trace_id"] == answer.headers["x-tps-trace-id"]
    assert len(answer.body) == int(answer.headers["content-length"])


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost", "api.sgroup.qq.com", "[::1]:8787"])
async def test_the_gateway_is_where_the_client_came_from(live, host):
    answer = await live.call("GET", "/gateway", headers={"Host": host})
    assert json.loads(answer.body) == {"url": f"ws://{host}/websocket"}


async def test_without_a_host_the_gateway_is_at_the_sockets_address(live):
    token = await live.token()
    answer = await raw_request(
        live.ready["port"], f"GET /gateway HTTP/1.0\r\nAuthorization: QQBot {token}\r\n\r\n".encode()
    )
    assert json.loads(answer.partition(b"\r\n\r\n")[2]) == {"url": f"ws://127.0.0.1:{live.ready['port']}/websocket"}


async def test_tls_serves_the_same_on_every_host_name(tmp_path):
    files = certificates.issue(tmp_path)
    async with serving(tls_port=0, tls_chain=files.chain, tls_key=files.key, ca_file=files.ca) as live:
        assert live.ready["ca_file"] == str(files.ca)
        context = ssl.create_default_context(cafile=files.ca)
        port = live.ready["tls_port"]
        for host in PLATFORM_HOSTS:
            connector = aiohttp.TCPConnector(resolver=_Loopback())
            async with aiohttp.ClientSession(connector=connector) as http:
                headers = {"authorization": f"QQBot {await live.token()}"}
                async with http.get(f"https://{host}:{port}/gateway", ssl=context, headers=headers) as answer:
                    assert await answer.json() == {"url": f"wss://{host}:{port}/websocket"}
                async with http.ws_connect(f"wss://{host}:{port}/websocket", ssl=context) as socket:
                    assert (await socket.receive_json())["op"] == 10


class _Loopback(aiohttp.abc.AbstractResolver):
    async def resolve(self, host, port=0, family=sockets.AF_INET):
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0}]

    async def close(self):
        pass


@pytest.mark.parametrize("path", ["/websocket", "/websocket/"])
async def test_a_plain_get_of_the_gateway_is_426(live, path):
    async with live.http.get(live.base + path) as answer:
        assert answer.status == 426
        assert await answer.text() == 'WebSocket protocol violation: Upgrade header "" does not contain websocket'


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404), ("GET", "/", 404), ("GET", "/gateway/", 404), ("POST", "/gateway", 405),
        ("GET", "/v2/users/x/messages", 405), ("GET", "/v2/users//messages", 404), ("GET", "/%00", 404),
        ("GET", "/%ff%fe", 404), ("GET", "/v2/users/%2F/messages", 404), ("PROPFIND", "/gateway", 405),
        ("GET", "//gateway", 404), ("GET", "/_fakeqqx", 404),
    ],
)  # fmt: skip
async def test_routes_that_are_not_there(live, method, path, status):
    answer = await raw_request(
        live.ready["port"], f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
    )
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


async def test_a_head_request_gets_no_body(live):
    async with live.http.head(live.base + "/gateway") as answer:
        assert (answer.status, await answer.read()) == (405, b"")


async def test_a_body_over_the_bound_gets_the_fronts_page(live):
    size = int(limits.MAX_BODY_BYTES.value) + 1

    async def pieces():
        sent = 0
        while sent < size:
            yield b"x" * min(1 << 20, size - sent)
            sent += 1 << 20

    try:
        async with live.http.post(live.base + "/v2/users/x/files", data=pieces()) as answer:
            assert (answer.status, answer.content_type) == (413, "text/html")
            assert answer.headers["server"] == "stgw"
            assert not {"x-tps-trace-id", "access-control-allow-methods"} & {name.lower() for name in answer.headers}
    except aiohttp.ClientConnectionError:
        pass  # the answer came while the body was still being written, and the client stopped reading
    async with live.online():
        pass


async def test_a_request_that_never_came_whole_has_no_effect(live):
    said = await live.do("POST", "/say", {"text": "ping"})
    body = json.dumps({"content": "half", "msg_id": said["message_id"]}).encode()
    head = (
        f"POST /v2/users/{said['user']}/messages HTTP/1.1\r\nHost: x\r\nAuthorization: QQBot {await live.token()}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body) + 1}\r\n\r\n"
    )
    before = live.world.journal.last_id
    _, writer = await asyncio.open_connection("127.0.0.1", live.ready["port"])
    writer.write(head.encode() + body)
    await writer.drain()
    await until(lambda: live.server._listeners._state.tasks)
    writer.transport.abort()
    await until(lambda: not live.server._listeners._state.tasks)
    assert [entry["kind"] for entry in live.world.journal.since(before)] == []


# -- faults ---------------------------------------------------------------------------------------------------------


async def test_a_truncated_answer_ends_early(live):
    await live.faults(fault(ME, {"verb": "truncate", "bytes": 10}))
    with pytest.raises(aiohttp.ClientPayloadError):
        await live.call("GET", "/users/@me")
    assert (await live.call("GET", "/users/@me")).status == 200


async def test_a_disconnect_gives_no_answer(live):
    await live.faults(fault(ME, "disconnect", times=None))
    with pytest.raises((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)):
        await live.call("GET", "/users/@me")


async def test_a_hanging_request_ends_with_its_client(live):
    await live.faults(fault(ME, "hang"))
    with pytest.raises(TimeoutError):
        await live.call("GET", "/users/@me", timeout=aiohttp.ClientTimeout(total=0.1))
    given_up = await live.wait({"kind": "http.response", "operation": "GET /users/@me"})
    assert [(entry["status"], entry["fault"]) for entry in given_up] == [(None, "f")]
    assert (await live.call("GET", "/users/@me")).status == 200
    await until(lambda: not live.server._listeners._state.tasks)


async def test_html_content_type_empty_and_delay(live):
    await live.faults(
        fault(ME, {"verb": "html", "status": 502}),
        fault(ME, {"verb": "content-type", "value": "text/plain"}, nth=2),
        fault(ME, "empty", nth=3),
        fault(ME, {"verb": "delay", "seconds": 0.01}, nth=4),
        fault(ME, "malformed", nth=5),
    )
    answers = [await live.call("GET", "/users/@me") for _ in range(5)]
    assert [answer.status for answer in answers] == [502, 200, 200, 200, 200]
    assert [answer.headers["content-type"] for answer in answers] == [
        "text/html", "text/plain", "application/json", "application/json", "application/json",
    ]  # fmt: skip
    assert [len(answer.body) > 0 for answer in answers] == [True, True, False, True, True]
    hits = [each["hits"] for each in (await live.do("GET", "/faults"))["faults"]]
    assert hits == [1, 1, 1, 1, 1]


@pytest.mark.parametrize("status", [200, 201, 204, 299, 304, 418, 599])
async def test_any_status_can_be_answered_and_the_connection_goes_on(live, status):
    await live.faults(fault(ME, {"verb": "answer", "status": status, "body": {"a": 1}}))
    connector = aiohttp.TCPConnector(limit=1)
    async with aiohttp.ClientSession(connector=connector) as http:
        headers = {"authorization": f"QQBot {await live.token()}"}
        for expected in (status, 200):
            async with http.get(live.base + "/users/@me", headers=headers) as answer:
                assert answer.status == expected
                await answer.read()


async def test_pipelined_requests_are_answered_in_order(live):
    token = await live.token()
    one = f"GET /users/@me HTTP/1.1\r\nHost: x\r\nAuthorization: QQBot {token}\r\n"
    answer = await raw_request(live.ready["port"], f"{one}\r\n{one}Connection: close\r\n\r\n".encode())
    assert answer.count(b"HTTP/1.1 200 ") == 2
