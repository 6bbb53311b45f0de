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


def refusals():
    """What is wrong with a request, and what it then lacks or has too much of."""
    yield "a token that is none", {"token": "made up"}, {}, {}
    yield "a user that is not there", {"openid": "0" * 32}, {}, {}
    yield "a kind of file that is none", {}, {"file_type": 9}, {}
    yield "a name that is none", {}, {"file_name": 5}, {}
    yield "a file with it", {}, {"file_data": "aGk="}, {}
    yield "a message that may not be sent", {}, {"srv_send_msg": True}, {"switches": {"proactive": "refused"}}
    yield "an address that is not allowed", {}, {}, {"allowed_ips": ["203.0.113.9"]}


@pytest.mark.parametrize(
    ("case", "fields", "settings"), [row[1:] for row in refusals()], ids=[row[0] for row in refusals()]
)
async def test_nothing_is_fetched_for_who_is_refused_anyway(storage, case, fields, settings):
    address, asked = storage
    async with serving(fetch_urls=True) as live:
        token = case.get("token") or await live.token()
        if settings:
            await live.do("PATCH", "/settings", settings)
        openid = case.get("openid") or live.world.people.user().openid
        body = {"file_type": 1, "url": f"{address}/cat.png", **fields}
        answer = await live.call("POST", f"/v2/users/{openid}/files", token=token, json=body)
        assert answer.status >= 400
        assert asked == []


@pytest.mark.parametrize("path", ["/v2/users/{}/messages", "/v2/users/{}/files/more", "/v2/{}/files"])
async def test_nothing_is_fetched_elsewhere(storage, path):
    address, asked = storage
    async with serving(fetch_urls=True) as live:
        openid = live.world.people.user().openid
        await live.call("POST", path.format(openid), json={"file_type": 1, "url": f"{address}/cat.png"})
        assert asked == []


async def test_nothing_is_fetched_for_a_call_too_many(storage):
    address, asked = storage
    async with serving(fetch_urls=True) as live:
        await live.do("PATCH", "/settings", {"switches": {"endpoint_rates": "real"}})
        await live.do("POST", "/clock", {"frozen": True})
        statuses = [(await upload(live, f"{address}/cat.png"))[0] for _ in range(51)]
        assert (statuses.count(200), len(asked)) == (50, 50)


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
