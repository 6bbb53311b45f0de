"""Snapshots over the control API: a world leaves one server and goes on in another."""

import json

from web.live import serving


async def test_a_world_goes_on_in_another_server():
    async with serving() as live:
        async with live.online() as socket:
            await live.do("POST", "/say", {"text": "hello"})
            await socket.recv()
        document = await live.do("POST", "/snapshot")
        chats = (await live.do("GET", "/chats"))["chats"]
        status, answer = await live.control("POST", "/worlds", {"snapshot": document})
        assert (status, answer["error"]["code"]) == (409, "world_exists")
    async with serving() as other:
        status, made = await other.control("POST", "/worlds", {"snapshot": document, "settings": {"username": "new"}})
        assert (status, made["app_id"], made["secret"]) == (201, document["app_id"], document["secret"])
        assert made["settings"]["username"] == "new"
        other.app_id, other.secret = made["app_id"], made["secret"]
        assert (await other.do("GET", "/chats"))["chats"] == chats
        said = chats[0]["messages"][0]
        body = json.dumps({"content": "late answer", "msg_id": said["id"]})
        headers = {"content-type": "application/json"}
        answer = await other.call("POST", f"/v2/users/{chats[0]['openid']}/messages", data=body, headers=headers)
        assert answer.status == 200
        await other.wait({"kind": "control", "action": "restore"})


async def test_what_is_no_snapshot_makes_no_world():
    async with serving() as live:
        before = (await live.control("GET", "/worlds"))[1]
        status, answer = await live.control("POST", "/worlds", {"snapshot": {"version": 1}})
        assert (status, answer["error"]["code"]) == (422, "bad_snapshot")
        assert (await live.control("GET", "/worlds"))[1] == before


async def test_a_bad_day_goes_on_by_itself_in_another_server():
    day = {"name": "goes-on", "timeline": [{"after": 0.05, "every": 0.05, "do": [{"act": "say"}]}]}
    async with serving() as live:
        await live.do("POST", "/scenario", {"inline": day})
        document = await live.do("POST", "/snapshot")
    async with serving() as other:
        _, made = await other.control("POST", "/worlds", {"snapshot": document})
        other.app_id = made["app_id"]
        assert (await other.do("GET", "/scenario"))["scenario"] == "goes-on"
        await other.wait({"kind": "user.said", "text": "ping"})
