"""`--fetch-urls`: what a bot uploads by its URL is fetched, from a real server; without it, nothing is."""

import json

import pytest
from aiohttp import web

from web.live import serving

PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d49484452")


@pytest.fixture
async def storage():
    """A server with a picture, a redirect to it, and things that are no picture."""
    asked = []

    async def answer(request):
        asked.append(request.path)
        match request.path:
            case "/cat.png":
                return web.Response(body=PIXEL)
            case "/moved":
                raise web.HTTPFound("/cat.png")
            case "/text":
                return web.Response(text="no picture")
            case "/empty":
                return web.Response(body=b"")
            case "/cut":
                broken = web.StreamResponse(headers={"content-length": "100"})
                await broken.prepare(request)
                await broken.write(PIXEL)
                request.transport.abort()
                return broken
        raise web.HTTPNotFound

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield f"http://127.0.0.1:{port}", asked
    await runner.cleanup()


async def upload(live, url):
    openid = live.world.people.user().openid
    answer = await live.call("POST", f"/v2/users/{openid}/files", json={"file_type": 1, "url": url})
    return answer.status, json.loads(answer.body)


@pytest.mark.parametrize("path", ["/cat.png", "/moved"])
async def test_the_bytes_are_kept(storage, path):
    address, _ = storage
    async with serving(fetch_urls=True) as live:
        status, body = await upload(live, address + path)
        assert (status, body["ttl"] > 0) == (200, True)
        (file,) = live.world.media.as_json()
        assert (file["size"], file["content_type"]) == (len(PIXEL), "image/png")


@pytest.mark.parametrize(("path", "code"), [
    ("/text", 850019), ("/empty", 850026), ("/nowhere", 850026), ("/cut", 850026),
])  # fmt: skip
async def test_what_cannot_be_had_is_refused(storage, path, code):
    address, _ = storage
    async with serving(fetch_urls=True) as live:
        status, body = await upload(live, address + path)
        assert (status, body["code"]) == (400, code)
        assert live.world.media.as_json() == []


async def test_nobody_there_is_refused_too():
    async with serving(fetch_urls=True) as live:
        status, body = await upload(live, "http://127.0.0.1:9/cat.png")
        assert (status, body["code"]) == (400, 850026)


async def test_a_file_that_is_too_large_is_given_up(storage, monkeypatch):
    monkeypatch.setattr("fakeqq.web.downloads._MOST_BYTES", 4)
    address, _ = storage
    async with serving(fetch_urls=True) as live:
        status, _ = await upload(live, f"{address}/cat.png")
        assert status == 400


async def test_nothing_is_fetched_by_default(storage):
    address, asked = storage
    async with serving() as live:
        status, _ = await upload(live, f"{address}/cat.png")
        assert status == 200
        assert asked == []


async def test_a_body_nested_too_deeply_is_refused_like_any_other():
    async with serving(fetch_urls=True) as live:
        openid = live.world.people.user().openid
        answer = await live.call("POST", f"/v2/users/{openid}/files", data="[" * 200_000)
        assert answer.status == 400
