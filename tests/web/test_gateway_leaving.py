"""Connections that end in the middle of something, and doors: which world takes whom in."""

import asyncio
import json

import pytest
from websockets.exceptions import InvalidStatus

from web.by_hand import Raw
from web.live import C2C, ended, fault, serving, until

# -- leaving in the middle ------------------------------------------------------------------------------------------


async def test_a_deleted_worlds_sockets_are_dropped(live):
    _, made = await live.control("POST", "/worlds")
    token = await live.token(made["app_id"], made["secret"])
    async with live.socket() as socket:
        await live.login(socket, token=token)
        await live.control("DELETE", f"/worlds/{made['app_id']}")
        assert await ended(socket) == 1006
    async with live.socket() as socket:
        await socket.recv()
        await socket.send(json.dumps({"op": 2, "d": {"token": f"QQBot {token}", "intents": C2C}}))
        assert await ended(socket) == 4004


async def test_a_world_may_go_while_its_door_is_being_entered(live):
    await live.do("POST", "/clock", {"speed": 100})
    await live.faults(fault("connect", {"verb": "delay", "seconds": 20}))
    token = await live.token()

    async def enter():
        async with live.socket() as socket:
            await socket.recv()
            await socket.send(json.dumps({"op": 2, "d": {"token": f"QQBot {token}", "intents": C2C}}))
            return await ended(socket)

    entering = asyncio.create_task(enter())
    await live.wait({"kind": "fault"})
    await live.do("POST", "/reset")
    assert await asyncio.wait_for(entering, 5) == 4004


@pytest.mark.parametrize("own_door", [True, False])
async def test_a_world_deleted_while_its_door_is_being_entered_takes_nobody_in(live, own_door):
    if own_door:
        _, made = await live.control("POST", "/worlds", {"own_door": True})
        app_id, url = made["app_id"], made["door"]["gateway_url"]
    else:
        app_id, url = live.app_id, live.ready["gateway_url"]
    world = live.server.platform.world(app_id)
    await live.control("POST", f"/worlds/{app_id}/clock", {"speed": 100})
    late = fault("connect", {"verb": "delay", "seconds": 20})
    await live.control("PUT", f"/worlds/{app_id}/faults", [late])

    async def enter():
        async with live.socket(url):
            pass

    entering = asyncio.create_task(enter())
    await until(lambda: [entry for entry in world.journal.since() if entry["kind"] == "fault"])
    await live.control("DELETE", f"/worlds/{app_id}")
    with pytest.raises(InvalidStatus) as refused:
        await asyncio.wait_for(entering, 5)
    assert refused.value.response.status_code == 404
    assert not [entry for entry in world.journal.since() if entry["kind"] == "ws.open"]


async def test_a_world_reset_while_its_door_is_being_entered_takes_in_as_the_new_one(live):
    await live.do("POST", "/clock", {"speed": 100})
    await live.faults(fault("connect", {"verb": "delay", "seconds": 20}))

    async def enter():
        async with live.socket() as socket:
            await socket.recv()

    entering = asyncio.create_task(enter())
    await live.wait({"kind": "fault"})
    await live.do("POST", "/reset")
    await asyncio.wait_for(entering, 5)
    await live.wait({"kind": "ws.open"})


async def test_bots_that_leave_in_the_middle_of_everything_leave_nothing_behind(live):
    token = await live.token()
    identify = json.dumps({"op": 2, "d": {"token": f"QQBot {token}", "intents": C2C}}).encode()
    for step in range(6):
        raw = await Raw.open(live.ready["port"])
        if step > 0:
            await raw.head()
        if step > 1:
            raw.send(1, identify)
        if step > 2:
            await raw.frame()
            await raw.frame()
        if step > 3:
            raw.send(1, b'{"op":1,', first=0)
        if step > 4:
            raw.send(1, b"x" * 100, length=1000)
        raw.writer.transport.abort()
    await live.wait({"kind": "ws.close"}, count=5)
    assert live.world.connections == {}
    async with live.online():
        assert (await live.do("POST", "/say", {"text": "ping"}))["delivered"] == 1


async def test_a_bot_that_does_not_read_is_dropped_in_the_end(live):
    raw = await Raw.open(live.ready["port"])
    raw.send(1, json.dumps({"op": 2, "d": {"token": f"QQBot {await live.token()}", "intents": C2C}}).encode())
    await live.wait({"kind": "ws.out", "t": "READY"})
    text = "x" * 1_000_000
    for _ in range(40):
        if (await live.do("POST", "/say", {"text": text}))["delivered"] == 0:
            break
    await live.wait({"kind": "ws.close", "by": "server"})
    raw.writer.transport.abort()


# -- doors ----------------------------------------------------------------------------------------------------------


async def test_a_world_with_a_door_of_its_own_owns_all_that_enters(live):
    _, made = await live.control("POST", "/worlds", {"own_door": True})
    door = made["door"]
    raw = await Raw.open(door["port"])
    await raw.head()
    await raw.frame()
    _, journal = await live.control("GET", f"/worlds/{made['app_id']}/journal")
    assert [entry["kind"] for entry in journal["entries"]] == ["ws.open", "ws.out"]
    await raw.close()
    async with live.http.get(door["api_base"] + "/gateway") as answer:
        assert (await answer.json())["code"] == 11241
    _, journal = await live.control("GET", f"/worlds/{made['app_id']}/journal?kind=http.request")
    assert [entry["path"] for entry in journal["entries"]] == ["/gateway"]
    await live.control("DELETE", f"/worlds/{made['app_id']}")
    with pytest.raises(OSError, match="Connect"):
        await asyncio.open_connection("127.0.0.1", door["port"])


async def test_two_doors_are_two_worlds():
    async with serving(seed=1) as live:
        worlds = [(await live.control("POST", "/worlds", {"own_door": True}))[1] for _ in range(2)]
        for world in worlds:
            token = await live.token(world["app_id"], world["secret"], world["door"]["api_base"])
            async with live.socket(world["door"]["gateway_url"]) as socket:
                await live.login(socket, token=token)
                _, said = await live.control("POST", f"/worlds/{world['app_id']}/say", {"text": "x"})
                assert said["delivered"] == 1


@pytest.mark.parametrize("op", [2, 6])
async def test_a_worlds_own_door_refuses_another_worlds_token(live, op):
    _, made = await live.control("POST", "/worlds", {"own_door": True})
    token = await live.token()
    login = {"op": op, "d": {"token": f"QQBot {token}", "intents": C2C, "session_id": "x", "seq": 1}}
    async with live.socket(made["door"]["gateway_url"]) as socket:
        await socket.recv()
        await socket.send(json.dumps(login))
        assert await ended(socket) == 4004
    headers = {"authorization": f"QQBot {token}"}
    async with live.http.get(made["door"]["api_base"] + "/gateway", headers=headers) as answer:
        assert answer.status == 401
    _, journal = await live.control("GET", f"/worlds/{made['app_id']}/journal")
    assert {entry["kind"] for entry in journal["entries"]} >= {"ws.in", "ws.close", "http.request", "http.response"}
    assert await live.do("POST", "/journal/count", {"where": {"kind": "ws.in"}}) == {"count": 0}


async def test_at_the_common_door_the_only_world_does_not_stand_in_the_way_of_a_new_one(live):
    async with live.socket() as socket:
        token = await live.token("102777777", "anything")
        ready = await live.login(socket, token=token)
        assert ready["user"]["id"] == live.server.platform.world("102777777").bot_id
