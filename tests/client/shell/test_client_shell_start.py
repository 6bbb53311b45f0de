"""Coming online at a running server that has a bad moment, and being stopped meanwhile."""

import asyncio
import time

import pytest
from client_running import SOON, await_online, sees

from reference_client import startup
from reference_client.bot import Bot
from reference_client.http import origin as http

WAITS = {
    "for a token": ("http: POST /app/getAppAccessToken", {"verb": "hang"}),
    "to ask for a token again": ("http: POST /app/getAppAccessToken", {"verb": "html", "status": 502}),
    "for the address": ("http: GET /gateway/bot", {"verb": "hang"}),
    "to ask for the address again": ("http: GET /gateway/bot", {"verb": "html", "status": 502}),
    "for the upgrade": ("connect", {"verb": "hang"}),
    "to dial again": ("connect", {"verb": "refuse", "status": 503}),
    "for HELLO": ("ws: HELLO", {"verb": "drop"}),
    "for READY": ("ws: READY", {"verb": "drop"}),
}


@pytest.mark.parametrize("wait", WAITS)
async def test_start_can_be_cancelled_while_it_waits(world, wait):
    on, verb = WAITS[wait]
    world.faults([{"name": "stuck", "on": on, "nth": 1, "times": None, "do": [verb]}])
    bot = Bot(world.app_id, world.secret, api_base=world.door["api_base"], token_url=world.door["token_url"])
    start = asyncio.create_task(bot.start())
    await asyncio.to_thread(world.wait, {"kind": "fault", "fault": "stuck"}, timeout=SOON)
    start.cancel()
    done, _ = await asyncio.wait({start}, timeout=5.0)
    assert done
    assert start.cancelled()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.fixture
def quick_start(monkeypatch):
    """Start-up waits of a tenth; their lengths are tested with the cores."""
    monkeypatch.setattr(startup, "START_STEPS", (0.2, 0.3, 0.5))
    monkeypatch.setattr(startup, "LIMITED_PAUSE", 0.6)


@pytest.mark.parametrize("target", ["GET /gateway/bot", "POST /app/getAppAccessToken"])
@pytest.mark.parametrize(
    "verb",
    [
        {"verb": "empty"},
        {"verb": "answer", "status": 500, "body": "busy"},
        {"verb": "html", "status": 502},
        {"verb": "malformed"},
        {"verb": "answer", "status": 200, "body": None},
        {"verb": "answer", "status": 200, "body": {"url": None, "access_token": None}},
        {"verb": "error", "name": "gateway_rate_limited"},
        {"verb": "disconnect", "effect": "before"},
    ],
    ids=lambda verb: "-".join(str(value) for value in verb.values()),
)
@pytest.mark.usefixtures("quick_start")
def test_a_bad_start_is_survived(world, launch, target, verb):
    world.faults([{"name": "bad", "on": f"http: {target}", "nth": 1, "times": 2, "do": [verb]}])
    launch()
    await_online(world)
    assert world.faults()[0]["hits"] == 2
    world.say("hello")
    sees(world, "hello")


@pytest.mark.parametrize("url", ["wss://.x", f"wss://{'a' * 64}.com", "wss://[::1", "wss://a b"])
@pytest.mark.usefixtures("quick_start")
def test_an_address_that_is_none_is_survived(world, launch, url):
    limit = {"total": 1000, "remaining": 999, "reset_after": 1000, "max_concurrency": 1}
    verb = {"verb": "answer", "status": 200, "body": {"url": url, "shards": 1, "session_start_limit": limit}}
    world.faults([{"name": "bad", "on": "http: GET /gateway/bot", "nth": 1, "times": 1, "do": [verb]}])
    launch()
    await_online(world)


@pytest.mark.usefixtures("quick_start")
def test_a_slow_platform_is_given_up_and_asked_again(world, launch, monkeypatch):
    monkeypatch.setattr(http, "TIMEOUT", 0.5)
    world.faults([{"name": "hang", "on": "http: GET /gateway/bot", "nth": 1, "times": 1, "do": [{"verb": "hang"}]}])
    launch()
    await_online(world)


def test_rejected_credentials_are_not_hammered_with(world, launch):
    bot = launch(secret="wrong")
    world.wait({"kind": "http.response", "operation": "POST /app/getAppAccessToken"}, timeout=SOON)
    time.sleep(1.0)  # the absence of calls is what is looked for
    assert world.count({"kind": "http.request"}) == 1
    assert bot.stop() < 2.0


@pytest.mark.usefixtures("world", "quick_start")
def test_nobody_listening_is_waited_out(launch):
    bot = launch(token_url="http://127.0.0.1:1/app/getAppAccessToken")
    time.sleep(0.3)  # some refusals
    assert bot.thread.is_alive()
    assert bot.stop() < 2.0


@pytest.mark.parametrize("verb", [{"verb": "refuse", "status": 503}, {"verb": "disconnect"}])
def test_a_refused_upgrade_is_tried_again_without_asking_for_the_address(world, launch, verb):
    world.faults([{"name": "closed", "on": "connect", "nth": 1, "times": 2, "do": [verb]}])
    launch()
    await_online(world)
    assert world.count({"kind": "http.request", "operation": "GET /gateway/bot"}) == 1


def test_an_upgrade_that_hangs_is_stopped_at_once(world, launch):
    world.faults([{"name": "hang", "on": "connect", "nth": 1, "times": None, "do": [{"verb": "hang"}]}])
    bot = launch()
    world.wait({"kind": "fault", "fault": "hang"}, timeout=SOON)
    assert bot.stop() < 2.0


def test_an_identify_that_must_wait_its_turn_leaves_when_its_turn_comes(world, launch):
    refusal = {"verb": "invalid-session", "resumable": False, "then_close": 4903, "after": 0}
    world.faults([{"name": "refused", "on": "receive: IDENTIFY", "nth": 1, "times": 1, "do": [refusal]}])
    launch()
    await_online(world)
    first, second = world.wait({"kind": "ws.in", "op": 2}, count=2, timeout=SOON)
    assert 5.0 <= second["elapsed"] - first["elapsed"] < 8.0


def test_shards_have_a_connection_each(world, launch):
    world.settings(shards=2, max_concurrency=2)
    launch()
    await_online(world, 2)
    assert sorted(connection["shard"] for connection in world.connections()) == [[0, 2], [1, 2]]
