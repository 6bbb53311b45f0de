"""HTTP over real sockets, against a server that says exactly what a test wants it to say."""

import asyncio
import contextlib
import ssl

import pytest
import trustme

from reference_client.answers import Loss, NoAnswer
from reference_client.http import origin as http
from reference_client.http.origin import Origin

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Tps-Trace-ID: abc\r\n\r\nhi"


class Script:
    """Plays one list of actions per connection: bytes are said after a request; other actions are named."""

    def __init__(self):
        self.plays = []
        self.requests = []
        self.connections = 0
        self.heard = asyncio.Event()
        self.ended = asyncio.Event()
        self.release = asyncio.Event()

    async def serve(self, reader, writer):
        play = self.plays[min(self.connections, len(self.plays) - 1)]
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            for action in play:
                await self.act(action, reader, writer)
        writer.close()
        self.ended.set()

    async def act(self, action, reader, writer):
        if action == "close":
            writer.close()
        elif action == "reset":
            writer.transport.abort()
        elif action == "wait":
            await self.release.wait()
        else:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length")), 0
            )
            self.requests.append(head + await reader.readexactly(length))
            self.heard.set()
            if action == "hang":
                await self.release.wait()
            elif action == "hear and close":
                writer.close()
            else:
                writer.write(action)
                await writer.drain()


@pytest.fixture
async def script():
    script = Script()
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    script.port = server.sockets[0].getsockname()[1]
    yield script
    script.release.set()
    server.close()
    await server.wait_closed()


@pytest.fixture
async def origin(script):
    origin = Origin(f"http://127.0.0.1:{script.port}")
    yield origin
    origin.close()
    await asyncio.sleep(0)


async def post(origin, **options):
    return await origin.request("POST", "/x", {"A": "b"}, b"body", **options)


async def test_an_exchange(script, origin):
    script.plays = [[OK]]
    response = await post(origin)
    assert (response.status, response.body, response.complete) == (200, b"hi", True)
    assert response.headers["x-tps-trace-id"] == "abc"
    host = f"127.0.0.1:{script.port}".encode()
    expected = b"POST /x HTTP/1.1\r\nHost: " + host + b"\r\nA: b\r\nContent-Length: 4\r\n\r\nbody"
    assert script.requests == [expected]


async def test_a_get_has_no_body(script, origin):
    script.plays = [[OK]]
    await origin.request("GET", "/gateway/bot", {})
    assert b"Content-Length" not in script.requests[0]


async def test_the_path_of_the_address_comes_first(script):
    script.plays = [[OK]]
    origin = Origin(f"http://127.0.0.1:{script.port}/prefix/")
    await origin.request("GET", "/x", {})
    origin.close()
    assert script.requests[0].startswith(b"GET /prefix/x HTTP/1.1\r\n")


@pytest.mark.parametrize("url", ["", "ftp://x", "x", "http://", "//x"])
async def test_what_is_no_address_is_refused(url):
    with pytest.raises(ValueError, match="address"):
        Origin(url)


async def test_a_connection_is_used_again(script, origin):
    script.plays = [[OK, OK, OK]]
    for _ in range(3):
        assert (await post(origin)).status == 200
    assert script.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    ],
)
async def test_a_connection_that_the_server_closes_is_not(script, origin, answer):
    script.plays = [[answer], [OK]]
    await post(origin)
    await post(origin)
    assert script.connections == 2


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n3\r\n yo\r\n0\r\n\r\n", 200, b"hi yo"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 200, b""),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, b"hi"),
    ],
)
async def test_bodies_of_all_kinds(script, origin, answer, status, body):
    script.plays = [[answer, OK]]
    response = await post(origin)
    assert (response.status, response.body, response.complete) == (status, body, True)
    assert (await post(origin)).status == 200
    assert script.connections == 1


async def test_a_body_without_a_length_ends_with_the_connection(script, origin):
    script.plays = [[b"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>"]]
    response = await post(origin)
    assert (response.status, response.body, response.complete) == (502, b"<html>", True)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhi",
    ],
)
async def test_a_body_that_is_cut_short_is_told_with_its_status(script, origin, answer):
    script.plays = [[answer]]
    response = await post(origin)
    assert (response.status, response.complete) == (200, False)


@pytest.mark.parametrize("action", [b"garbage\r\n\r\n", b"HTTP/1.1 2", "hear and close", b"", b"\x16\x03\x01"])
async def test_a_first_exchange_without_an_answer_is_dropped(script, origin, action):
    script.plays = [[action, "close"]]
    lost = await post(origin)
    assert lost.loss is Loss.DROPPED
    assert lost.detail


@pytest.mark.parametrize("ending", ["close", "reset", "hear and close"])
async def test_a_kept_connection_that_died_is_stale_or_not_used(script, origin, ending):
    script.plays = [[OK, ending], [OK]]
    await post(origin)
    result = await post(origin)
    if isinstance(result, NoAnswer):
        assert result.loss is Loss.STALE
        assert result.detail
        result = await post(origin, fresh=True)
    assert result.status == 200
    assert script.connections == 2


async def test_a_death_that_was_noticed_costs_nothing(script, origin):
    script.plays = [[OK, "close"], [OK]]
    await post(origin)
    await script.ended.wait()
    await asyncio.sleep(0.05)  # the end has been sent; our side needs a moment to read it
    assert (await post(origin)).status == 200


async def test_half_an_answer_on_a_kept_connection_is_dropped_not_stale(script, origin):
    script.plays = [[OK, b"HTTP/1.1 2", "close"]]
    await post(origin)
    assert (await post(origin)).loss is Loss.DROPPED


async def test_fresh_does_without_all_kept_connections(script, origin):
    script.plays = [[OK, OK]]
    await asyncio.gather(post(origin), post(origin))
    assert script.connections == 2
    await post(origin, fresh=True)
    assert script.connections == 3


async def test_an_idle_connection_is_not_used_for_ever(script, origin, monkeypatch):
    monkeypatch.setattr(http, "IDLE_LIMIT", 0.0)
    script.plays = [[OK, OK]]
    await post(origin)
    await post(origin)
    assert script.connections == 2


async def test_words_that_nobody_asked_for_end_the_connection(script, origin):
    script.plays = [[OK + OK.replace(b"200", b"500")], [OK]]
    for _ in range(2):
        response = await post(origin)
        assert (response.status, response.body) == (200, b"hi")
    assert script.connections == 2


async def test_silence_is_not_waited_for(script, origin, monkeypatch):
    monkeypatch.setattr(http, "TIMEOUT", 0.1)
    script.plays = [["hang"]]
    lost = await post(origin)
    assert (lost.loss, lost.detail) == (Loss.TIMEOUT, "nothing within 0.1 s")
    assert not origin._idle
    assert not origin._busy


async def test_a_refused_connection_is_not_sent(unused_port):
    lost = await post(Origin(f"http://127.0.0.1:{unused_port}"))
    assert lost.loss is Loss.NOT_SENT
    assert lost.detail


@pytest.fixture
async def unused_port():
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


async def test_an_answer_without_end_is_cut_off(script, origin, monkeypatch):
    monkeypatch.setattr(http, "LARGEST_BODY", 100)
    script.plays = [[b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100000]]
    response = await post(origin)
    assert (response.status, response.complete) == (200, False)


async def test_connections_are_bounded_and_the_rest_waits(script, monkeypatch):
    monkeypatch.setattr(http, "MOST_CONNECTIONS", 3)
    origin = Origin(f"http://127.0.0.1:{script.port}")
    script.plays = [[OK] * 20]
    responses = await asyncio.gather(*(post(origin) for _ in range(20)))
    origin.close()
    assert all(response.status == 200 for response in responses)
    assert script.connections <= 3


async def test_a_cancelled_exchange_gives_its_connection_up(script, origin):
    script.plays = [["hang"], [OK]]
    task = asyncio.create_task(post(origin))
    await script.heard.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not origin._busy
    assert (await post(origin)).status == 200


async def test_closing_ends_what_is_under_way(script, origin):
    script.plays = [["hang"]]
    task = asyncio.create_task(post(origin))
    await script.heard.wait()
    origin.close()
    assert (await task).loss is Loss.DROPPED


@pytest.fixture
async def secure(script, tmp_path, monkeypatch):
    """The same script over TLS, signed by an authority that only the environment names."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0, ssl=context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


async def test_tls_is_verified_against_the_environments_authorities(script, secure):
    script.plays = [[OK]]
    origin = Origin(f"https://localhost:{secure}")
    assert (await post(origin)).status == 200
    origin.close()
    wrong_name = await post(Origin(f"https://127.0.0.1:{secure}"))
    assert wrong_name.loss is Loss.NOT_SENT
    assert "certificate" in wrong_name.detail
