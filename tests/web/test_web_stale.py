"""HTTP connections that a bot keeps and that die meanwhile: reset while idle, or ended at the next request."""

import asyncio
import contextlib
import ssl

import pytest

from fakeqq.launch import certificates
from web.live import serving, until

ME = "/users/@me"


class Keeper:
    """One connection, kept by hand."""

    def __init__(self, reader, writer, token):
        self.reader = reader
        self.writer = writer
        self.token = token

    def ask(self):
        self.writer.write(f"GET {ME} HTTP/1.1\r\nHost: x\r\nAuthorization: QQBot {self.token}\r\n\r\n".encode())

    async def answer(self):
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split()[0])
        await self.reader.readexactly(length)
        return int(head.split()[1])


@contextlib.asynccontextmanager
async def keeper(live, port=None, **more):
    reader, writer = await asyncio.open_connection("127.0.0.1", port or live.ready["port"], **more)
    kept = Keeper(reader, writer, await live.token())
    kept.ask()
    assert await kept.answer() == 200
    try:
        yield kept
    finally:
        writer.transport.abort()


async def calls(live):
    entries = (await live.do("GET", "/journal?kind=http.request"))["entries"]
    return sum(entry["path"] == ME for entry in entries)


async def stale(live, how):
    """How many went stale; those of the test's own client for tokens are among them."""
    return (await live.do("POST", "/http/stale", {"how": how}))["connections"]


async def test_an_idle_connection_is_reset(live):
    async with keeper(live) as kept:
        assert await stale(live, "reset") >= 1
        with pytest.raises(ConnectionResetError):
            await kept.reader.read()


async def test_the_next_request_finds_the_end_and_has_no_effect(live):
    async with keeper(live) as kept:
        assert await stale(live, "eof") >= 1
        kept.ask()
        assert await kept.reader.read() == b""
        assert await calls(live) == 1
    async with keeper(live):
        assert await calls(live) == 2


async def test_a_busy_connection_lives_on(live):
    async with keeper(live) as kept:
        await live.faults({"name": "slow", "on": f"http: GET {ME}", "do": [{"verb": "delay", "seconds": 0.3}]})
        kept.ask()
        await live.wait({"kind": "fault"})
        await stale(live, "reset")
        assert await kept.answer() == 200


async def test_connections_of_other_worlds_live_on(live):
    _, other = await live.control("POST", "/worlds", {})
    async with keeper(live) as kept:
        status, answer = await live.control("POST", f"/worlds/{other['app_id']}/http/stale", {"how": "reset"})
        assert (status, answer) == (200, {"connections": 0})
        kept.ask()
        assert await kept.answer() == 200


@pytest.mark.parametrize("how", ["reset", "eof"])
async def test_tls_connections_go_stale_too(tmp_path, how):
    files = certificates.issue(tmp_path)
    async with serving(tls_chain=files.chain, tls_key=files.key, ca_file=files.ca) as live:
        trusted = ssl.create_default_context(cafile=files.ca)
        async with keeper(live, live.ready["tls_port"], ssl=trusted, server_hostname="localhost") as kept:
            assert await stale(live, how) >= 1
            kept.ask()
            with contextlib.suppress(ConnectionResetError):
                assert await kept.reader.read() == b""
            await until(lambda: kept.reader.at_eof() or kept.reader.exception())
            assert await calls(live) == 1


async def test_a_mistake_is_refused(live):
    status, answer = await live.control("POST", f"/worlds/{live.app_id}/http/stale", {"how": "softly"})
    assert (status, answer["error"]["code"]) == (422, "bad_value")
