"""Scenarios over real sockets and real time."""

import json

import pytest
from aiohttp import web

from fakeqq.core.scenarios import scenario_library
from fakeqq.core.scenarios.scenario import parse
from web.live import serving


async def test_the_list_and_one_of_it(live):
    status, answer = await live.control("GET", "/scenarios")
    assert status == 200
    assert [row["name"] for row in answer["scenarios"]] == scenario_library.names()
    assert all(row["why"] and row["happens"] and row["expect"] for row in answer["scenarios"])
    status, one = await live.control("GET", "/scenarios/reset-by-resume")
    assert (status, one["faults"][0]["times"]) == (200, None)
    status, answer = await live.control("GET", "/scenarios/reset-by-resum")
    assert (status, answer["error"]["suggestion"]) == (404, "reset-by-resume")


async def test_what_the_list_shows_can_be_staged_inline(live):
    for name in scenario_library.names():
        _, whole = await live.control("GET", f"/scenarios/{name}")
        assert (await live.do("POST", "/scenario", {"inline": whole}))["scenario"] == name
        assert live.world.timeline.scenario == scenario_library.load(name)


async def test_a_shipped_scenario_is_in_force_at_once(live):
    staged = await live.do("POST", "/scenario", {"name": "heartbeats-on-every-connection"})
    assert (staged["scenario"], staged["settings"]["heartbeat_interval_ms"]) == (
        "heartbeats-on-every-connection",
        10000,
    )
    async with live.socket() as socket:
        assert json.loads(await socket.recv())["d"] == {"heartbeat_interval": 10000}
    assert (await live.do("GET", "/scenario"))["scenario"] == "heartbeats-on-every-connection"
    assert (await live.do("DELETE", "/scenario")) == {"scenario": None, "pending": []}
    assert (await live.do("GET", "/scenario")) == {"scenario": None, "pending": []}


async def test_things_happen_by_themselves(live):
    step = {"on": "ws: READY", "after": 0.05, "do": [{"act": "say", "text": "hello"}, {"act": "reconnect"}]}
    assert (await live.do("POST", "/scenario", {"inline": {"name": "mine", "timeline": [step]}}))["steps"] == 1
    async with live.online() as socket:
        assert json.loads(await socket.recv())["d"]["content"] == "hello"
        assert json.loads(await socket.recv())["op"] == 7
        await socket.wait_closed()
        assert socket.close_code == 4009
    (acted, _) = await live.wait({"kind": "scenario", "about": {"gte": 1}}, count=2)
    (ready,) = await live.wait({"kind": "ws.out", "t": "READY"})
    assert acted["elapsed"] - ready["elapsed"] >= 0.05


async def test_time_in_a_scenario_is_the_worlds(live):
    await live.do("POST", "/clock", {"speed": 1000})
    await live.do("POST", "/scenario", {"inline": {"timeline": [{"after": 100, "every": 100, "do": [{"act": "say"}]}]}})
    (begun,) = await live.wait({"kind": "scenario", "action": "begin"})
    first, second = await live.wait({"kind": "user.said"}, count=2)
    assert first["elapsed"] - begun["elapsed"] >= 100
    assert second["elapsed"] - begun["elapsed"] >= 200


async def test_an_ended_scenario_does_nothing_more(live):
    await live.do(
        "POST", "/scenario", {"inline": {"timeline": [{"after": 0.02, "every": 0.02, "do": [{"act": "say"}]}]}}
    )
    await live.wait({"kind": "user.said"})
    await live.do("DELETE", "/scenario")
    ended = (await live.wait({"kind": "scenario", "action": "end"}))[0]["id"]
    status, answer = await live.control(
        "POST", f"/worlds/{live.app_id}/journal/wait", {"where": {"kind": "user.said"}, "since": ended, "timeout": 0.1}
    )
    assert (status, answer["matched"]) == (408, 0)


async def test_a_webhooks_acknowledgement_is_a_moment(live):
    arrived = []

    async def receive(request):
        arrived.append(await request.text())
        return web.json_response({"op": 12, "d": 0})

    app = web.Application()
    app.router.add_post("/", receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        await live.do("PUT", "/webhook", {"url": f"http://127.0.0.1:{runner.addresses[0][1]}/"})
        await live.do("POST", "/clock", {"speed": 20})
        await live.do("POST", "/scenario", {"name": "webhook-acknowledgement-lost"})
        await live.do("POST", "/say", {"text": "ping"})
        await live.wait({"kind": "webhook.response", "purpose": "staged"})
        assert arrived[0] == arrived[1]
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "bad_value"),
        ({"name": "flapping", "inline": {}}, 422, "bad_value"),
        ({"name": "flaping"}, 404, "unknown_scenario"),
        ({"inline": {"titel": ""}}, 422, "unknown_field"),
        ({"nme": "flapping"}, 422, "unknown_field"),
        ({"inline": {"faults": [{"name": "f", "on": "connect", "do": [{"verb": "hung"}]}]}}, 422, "unknown_verb"),
    ],
)
async def test_mistakes_are_refused_and_change_nothing(live, body, status, code):
    found, answer = await live.control("POST", f"/worlds/{live.app_id}/scenario", body)
    assert (found, answer["error"]["code"]) == (status, code)
    assert (await live.do("GET", "/scenario"))["scenario"] is None


async def test_a_server_begins_every_world_with_its_scenario():
    step = {"after": 0.01, "do": [{"act": "say", "text": "good morning"}]}
    async with serving(scenario=parse({"name": "mine", "timeline": [step]})) as live:
        assert live.ready["scenario"] == "mine"
        await live.wait({"kind": "user.said", "text": "good morning"})
        status, made = await live.control("POST", "/worlds")
        assert status == 201
        where = {"where": {"kind": "user.said"}}
        assert (await live.control("POST", f"/worlds/{made['app_id']}/journal/wait", where))[0] == 200
        assert (await live.do("POST", "/reset"))["app_id"] == live.app_id
        await live.wait({"kind": "user.said", "text": "good morning"})
