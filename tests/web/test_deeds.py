"""What people do, asked of the control API: each deed reaches a bot on a real socket."""

import asyncio
import json

import pytest
from websockets.exceptions import ConnectionClosed

from fakeqq.wire.intents import DEFAULT_PERMISSIONS
from web.live import serving


@pytest.fixture
async def live():
    async with serving() as server:
        yield server


@pytest.fixture
async def bot(live):
    async with live.socket() as socket:
        await live.login(socket, intents=int(DEFAULT_PERMISSIONS))
        yield socket


async def heard(bot):
    async with asyncio.timeout(5):
        return json.loads(await bot.recv())


@pytest.mark.parametrize(
    ("path", "event"),
    [
        ("/friends/add", "FRIEND_ADD"), ("/friends/remove", "FRIEND_DEL"),
        ("/groups/{group}/join", "GROUP_ADD_ROBOT"), ("/groups/{group}/leave", "GROUP_DEL_ROBOT"),
        ("/groups/{group}/members/join", "GROUP_MEMBER_ADD"), ("/groups/{group}/members/leave", "GROUP_MEMBER_REMOVE"),
        ("/reject", "C2C_MSG_REJECT"), ("/receive", "C2C_MSG_RECEIVE"),
    ],
)  # fmt: skip
async def test_a_deed_and_its_event(live, bot, path, event):
    group = (await live.do("POST", "/groups"))["group_openid"]
    done = await live.do("POST", path.format(group=group))
    frame = await heard(bot)
    assert (frame["t"], frame["id"]) == (event, done["event_id"])
    assert done["delivered"] == 1
    (noted,) = await live.wait({"kind": "control"})
    assert noted["action"] in path.replace("/{group}", "")


async def test_a_group_refuses_and_receives(live, bot):
    group = (await live.do("POST", "/groups"))["group_openid"]
    for word in ("reject", "receive"):
        await live.do("POST", f"/{word}", {"group": group})
        assert (await heard(bot))["t"] == f"GROUP_MSG_{word.upper()}"


async def test_a_groups_own_mode(live, bot):
    group = (await live.do("POST", "/groups", {"full": True}))["group_openid"]
    await live.do("POST", "/say", {"text": "one", "group": group, "mentions": []})
    assert (await heard(bot))["t"] == "GROUP_MESSAGE_CREATE"
    await live.do("PUT", f"/groups/{group}/mode", {"full": False})
    await live.do("POST", "/say", {"text": "two", "group": group})
    assert (await heard(bot))["t"] == "GROUP_AT_MESSAGE_CREATE"


async def test_everything_that_can_be_said_at_once(live, bot):
    first = await live.do("POST", "/say", {"text": "one"})
    await heard(bot)
    more = {"quote": first["message_id"], "attachments": ["image", {"content_type": "voice"}], "faces": ["[doge]"]}
    await live.do("POST", "/say", {"text": "two", **more, "fields": {"author": {"username": "me"}}})
    data = (await heard(bot))["d"]
    assert data["message_type"] == 103
    assert [part["content_type"] for part in data["attachments"]] == ["image/jpeg", "voice"]
    assert "faceType" in data["content"]
    assert data["author"]["username"] == "me"


async def test_a_button_of_the_bots_is_pressed(live, bot):
    said = await live.do("POST", "/say", {"text": "menu"})
    await heard(bot)
    button = {"id": "yes", "render_data": {"label": "Yes"}, "action": {"type": 1, "data": "confirm"}}
    body = {"msg_type": 2, "msg_id": said["message_id"], "markdown": {"content": "# sure?"},
            "keyboard": {"content": {"rows": [{"buttons": [button]}]}}}  # fmt: skip
    headers = {"content-type": "application/json"}
    answer = await live.call("POST", f"/v2/users/{said['user']}/messages", data=json.dumps(body), headers=headers)
    assert answer.status == 200, answer.body
    await live.do("POST", "/press", {"message_id": json.loads(answer.body)["id"], "button_id": "yes"})
    data = (await heard(bot))["d"]
    assert data["data"]["resolved"] == {"button_data": "confirm", "button_id": "yes"}
    answer = await live.call("PUT", f"/interactions/{data['id']}", data='{"code":0}', headers=headers)
    assert answer.status == 200


@pytest.mark.parametrize(("place", "scene"), [({"scene": "dm"}, "dm"), ({"channel": "778899"}, "channel")])
async def test_a_button_is_pressed_in_a_guild(live, bot, place, scene):
    pressed = await live.do("POST", "/press", {**place, "button_id": "1", "button_data": "x"})
    data = (await heard(bot))["d"]
    assert (data["id"], data["scene"]) == (pressed["interaction_id"], "guild")
    assert (pressed["scene"], pressed["delivered"]) == (scene, 1)
    assert scene == "dm" or data["channel_id"] == "778899"


async def test_who_is_out_of_a_group_does_nothing_in_it(live):
    group = (await live.do("POST", "/groups", {}))["group_openid"]
    user = (await live.do("POST", f"/groups/{group}/members/leave"))["user"]
    path = f"/worlds/{live.app_id}/say"
    status, answer = await live.control("POST", path, {"text": "hi", "group": group, "user": user})
    assert (status, answer["error"]["code"]) == (409, "not_inside")
    await live.do("POST", f"/groups/{group}/members/join", {"user": user})
    assert (await live.do("POST", "/say", {"text": "hi", "group": group, "user": user}))["scene"] == "group"


async def test_an_event_by_its_type_alone(live, bot):
    sent = await live.do("POST", "/events", {"type": "GROUP_MEMBER_ADD", "fields": {"timestamp": 5}})
    frame = await heard(bot)
    assert frame["d"] == sent["data"]
    assert frame["d"]["timestamp"] == 5
    await live.do("POST", "/events", {"type": "C2C_MESSAGE_CREATE", "data": None})
    assert (await heard(bot))["d"] is None, "data goes as it is"
    path = f"/worlds/{live.app_id}/events"
    status, answer = await live.control("POST", path, {"type": "FRIEND_AD", "fields": {"a": 1}})
    assert (status, answer["error"]["suggestion"]) == (422, "FRIEND_ADD")
    status, _ = await live.control("POST", path, {"type": "FRIEND_ADD", "fields": {"a": 1}, "data": {}})
    assert status == 422


@pytest.mark.parametrize("event_type", ["READY", "RESUMED"])
async def test_what_a_login_brings_is_made_by_nobody_else(live, event_type):
    path = f"/worlds/{live.app_id}/events"
    status, answer = await live.control("POST", path, {"type": event_type})
    assert (status, answer["error"]["code"], answer["error"]["suggestion"]) == (422, "event_of_session", None)
    assert (await live.control("POST", path, {"type": event_type, "data": {}}))[0] == 200


async def test_a_connection_is_recycled_in_time(live, bot):
    await live.do("PATCH", "/settings", {"recycle_interval": 0.2})
    assert await heard(bot) == {"op": 7}
    with pytest.raises(ConnectionClosed):
        await heard(bot)
    assert (bot.close_code, bot.close_reason) == (4009, "Session timed out")


async def test_a_jump_of_the_clock_recycles(live, bot):
    await live.do("PATCH", "/settings", {"recycle_interval": 1800})
    await live.do("POST", "/clock", {"advance": 1800})
    assert await heard(bot) == {"op": 7}


async def test_the_half_hour_of_the_scenario_passes_with_the_clock(live, bot):
    await live.do("POST", "/scenario", {"name": "half-hour-recycle"})
    await live.do("POST", "/clock", {"advance": 1801})
    assert await heard(bot) == {"op": 7}


async def test_an_address_that_is_not_allowed(live):
    token = await live.token()
    await live.do("PATCH", "/settings", {"allowed_ips": ["203.0.113.9"]})
    answer = await live.call("GET", "/gateway/bot", token=token)
    assert (answer.status, json.loads(answer.body)["code"]) == (401, 11298)
    await live.do("PATCH", "/settings", {"allowed_ips": ["127.0.0.1"]})
    assert (await live.call("GET", "/gateway/bot", token=token)).status == 200


async def test_a_bot_cannot_say_itself_where_it_calls_from(live):
    told = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    token = await live.token()
    address = json.loads((await live.call("GET", "/gateway", token=token, headers=told)).body)
    assert address["url"] == live.ready["gateway_url"]

    await live.do("PATCH", "/settings", {"allowed_ips": ["203.0.113.9"]})
    assert (await live.call("GET", "/gateway/bot", token=token, headers=told)).status == 401
    async with live.socket(additional_headers=told) as socket:
        await heard(socket)
        await socket.send(json.dumps({"op": 2, "d": {"token": f"QQBot {token}", "intents": 1 << 25}}))
        assert await heard(socket) == {"op": 9, "d": False}
