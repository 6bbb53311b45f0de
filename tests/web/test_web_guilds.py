"""Guilds over real sockets: the control routes, what a bot is told, and answers without a body."""

import json

import pytest

from fakeqq.wire.intents import ALL_INTENTS
from web.live import serving


@pytest.fixture
async def guilds():
    async with serving() as running:
        await running.do("PATCH", "/settings", {"permitted_intents": int(ALL_INTENTS)})
        yield running


async def told(socket):
    frame = json.loads(await socket.recv())
    return frame["t"], frame["d"]


async def test_a_guild_comes_changes_and_goes(guilds):
    async with guilds.socket() as socket:
        await guilds.login(socket, intents=int(ALL_INTENTS))
        made = await guilds.do("POST", "/guilds", {"name": "home", "push_limit": 3})
        assert made["delivered"] == 1
        assert [channel["type"] for channel in made["channels"]] == [0, 10007, 2, 10006]
        kind, data = await told(socket)
        assert (kind, data["id"], data["name"], data["op_user_id"]) == (
            "GUILD_CREATE",
            made["id"],
            "home",
            made["owner_id"],
        )
        assert (await guilds.do("GET", "/guilds"))["guilds"] == [await guilds.do("GET", f"/guilds/{made['id']}")]

        channel = await guilds.do("POST", f"/guilds/{made['id']}/channels", {"name": "more", "type": 2})
        kind, data = await told(socket)
        assert (kind, data["id"]) == ("CHANNEL_CREATE", channel["id"])

        user = await guilds.do("POST", "/users", {"name": "ann"})
        member = await guilds.do("POST", f"/guilds/{made['id']}/members", {"user": user["openid"]})
        stranger = await guilds.do("POST", f"/guilds/{made['id']}/members")
        assert member["name"] == "ann"
        for joined in (member, stranger):
            kind, data = await told(socket)
            assert (kind, data["user"]["id"]) == ("GUILD_MEMBER_ADD", joined["user_id"])

        voice = f"/channels/{channel['id']}/voice"
        assert (await guilds.do("POST", voice, {"user_id": member["user_id"]}))["voices"] == [member["user_id"]]
        assert (await guilds.do("POST", voice, {"user_id": member["user_id"], "inside": False}))["voices"] == []
        assert [(await told(socket))[0] for _ in range(2)] == [
            "AUDIO_OR_LIVE_CHANNEL_MEMBER_ENTER",
            "AUDIO_OR_LIVE_CHANNEL_MEMBER_EXIT",
        ]

        await guilds.do("PATCH", f"/guilds/{made['id']}", {"description": "warm"})
        assert (await told(socket))[1]["description"] == "warm"
        await guilds.do("PATCH", f"/guilds/{made['id']}", {"bot_is_administrator": False, "no_dms": True})
        await guilds.do("DELETE", f"/guilds/{made['id']}")
        assert (await told(socket))[0] == "GUILD_DELETE"
        assert (await guilds.do("GET", "/guilds"))["guilds"] == []


async def test_a_conversation_in_a_channel_is_seen(guilds):
    made = await guilds.do("POST", "/guilds")
    channel = made["channels"][0]["id"]
    said = await guilds.do("POST", "/say", {"text": "hello", "channel": channel})
    reply = {"content": "hi", "msg_id": said["message_id"]}
    sent = json.loads((await guilds.call("POST", f"/channels/{channel}/messages", json=reply)).body)
    shown = await guilds.do("GET", f"/channels/{channel}")
    assert [message["id"] for message in shown["messages"]] == [said["message_id"], sent["id"]]
    assert shown["messages"][1]["reply_to"] == said["message_id"]
    direct = await guilds.do("POST", "/say", {"text": "psst", "scene": "dm"})
    (chat,) = (await guilds.do("GET", "/dms"))["dms"]
    assert [message["id"] for message in chat["messages"]] == [direct["message_id"]]


async def test_an_answer_without_a_body_has_no_length(guilds):
    made = await guilds.do("POST", "/guilds")
    answer = await guilds.call("PATCH", f"/guilds/{made['id']}/mute", json={"mute_seconds": "1"})
    assert (answer.status, answer.body) == (204, b"")
    assert "content-length" not in answer.headers
    assert "transfer-encoding" not in answer.headers
    assert "x-tps-trace-id" in answer.headers
    again = await guilds.call("PATCH", f"/guilds/{made['id']}/mute", json={"mute_seconds": "0"})
    assert again.status == 204


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/guilds/1", None, 404, "unknown_guild"),
        ("PATCH", "/guilds/1", {}, 404, "unknown_guild"),
        ("DELETE", "/guilds/1", None, 404, "unknown_guild"),
        ("POST", "/guilds/1/channels", {}, 404, "unknown_guild"),
        ("POST", "/guilds/1/members", {}, 404, "unknown_guild"),
        ("POST", "/guilds", {"nam": "x"}, 422, "unknown_field"),
        ("POST", "/guilds", {"denied": ["GET /guild"]}, 422, "unknown_operation"),
        ("GET", "/channels/1", None, 404, "unknown_channel"),
        ("POST", "/channels/1/voice", {"user_id": "1"}, 404, "unknown_channel"),
        ("POST", "/channels/1/voice", {"user_id": "ann"}, 422, "bad_value"),
    ],
)
async def test_what_a_test_may_not_ask(live, method, path, body, status, code):
    answered, error = await live.control(method, f"/worlds/{live.app_id}{path}", body)
    assert (answered, error["error"]["code"]) == (status, code)


async def test_only_voice_channels_are_visited(live):
    made = await live.do("POST", "/guilds")
    text, _, voice, _ = (channel["id"] for channel in made["channels"])
    for channel, code in ((text, "not_a_voice_channel"), (voice, "unknown_member")):
        _, error = await live.control("POST", f"/worlds/{live.app_id}/channels/{channel}/voice", {"user_id": "1"})
        assert error["error"]["code"] == code
