"""The guild API when it does what it is asked: state, answers, events."""

import json

import pytest

from core.guild_stage import GuildStage, heard
from core.stage import Stage, body_of
from fakeqq.core.errors import ControlError
from fakeqq.core.guild.guild_api import HANDLERS, ROUTES
from fakeqq.wire.endpoints import OPERATIONS


@pytest.fixture
def stage():
    made = GuildStage()
    made.listen()
    return made


def test_every_operation_on_guilds_has_a_handler():
    place = ("/guilds", "/channels", "/dms", "/users/@me/", "/interactions")
    assert (
        {row.name for row in OPERATIONS if row.path.startswith(place)} == set(HANDLERS) == {r.operation for r in ROUTES}
    )


def test_a_world_begins_without_guilds():
    assert body_of(Stage().request("GET", "/users/@me/guilds")) == []


# -- guilds -----------------------------------------------------------------------------------------------------------


def test_a_guild_as_sdks_parse_it(stage):
    shown = stage.ok("GET", f"/guilds/{stage.guild.id}")
    assert {name: type(value) for name, value in shown.items()} == {
        "id": str, "name": str, "icon": str, "owner_id": str, "owner": bool, "member_count": int, "max_members": int,
        "description": str, "joined_at": str,
    }  # fmt: skip
    assert shown["member_count"] == 3


def test_guilds_are_paged_both_ways(stage):
    for number in range(3):
        stage.world.guilds.add_guild(f"guild {number}")
    ids = sorted(stage.world.guilds, key=int)

    def listed(query):
        return [guild["id"] for guild in stage.ok("GET", f"/users/@me/guilds?{query}")]

    assert listed("") == ids
    assert listed(f"after={ids[0]}&limit=2") == ids[1:3]
    assert listed(f"before={ids[3]}&after={ids[0]}") == ids[2::-1]


def test_a_guild_without_the_bot_is_no_guild(stage):
    del stage.guild.members[stage.world.bot_id]
    assert stage.ok("GET", "/users/@me/guilds") == []
    assert stage.call("GET", f"/guilds/{stage.guild.id}").error == "unknown_guild"
    assert stage.call("GET", f"/channels/{stage.text.id}").error == "unknown_channel"


def test_permissions_and_their_demand(stage):
    wanted = "GET /guilds/{guild_id}/members"
    stage.guild.denied = {wanted}
    apis = stage.ok("GET", f"/guilds/{stage.guild.id}/api_permission")["apis"]
    assert [api["path"] for api in apis if api["auth_status"] == 0] == ["/guilds/{guild_id}/members"]
    identify = {"path": "/guilds/{guild_id}/members", "method": "GET"}
    body = {"channel_id": stage.text.id, "api_identify": identify, "desc": "to count"}
    asked = stage.ok("POST", f"/guilds/{stage.guild.id}/api_permission/demand", body)
    assert (asked["guild_id"], asked["channel_id"], asked["api_identify"]) == (stage.guild.id, stage.text.id, identify)


def test_the_demands_of_another_day_do_not_count(stage):
    stage.guild.denied = {"GET /guilds/{guild_id}/members"}
    identify = {"path": "/guilds/{guild_id}/members", "method": "GET"}
    body = {"channel_id": stage.text.id, "api_identify": identify}
    for _ in range(3):
        stage.ok("POST", f"/guilds/{stage.guild.id}/api_permission/demand", body)
    stage.world.clock.advance(86_400)
    stage.ok("POST", f"/guilds/{stage.guild.id}/api_permission/demand", body)


def test_the_setting_for_pushes(stage):
    stage.guild.channel_ids = [stage.text.id]
    assert stage.ok("GET", f"/guilds/{stage.guild.id}/message/setting") == {
        "disable_create_dm": False,
        "disable_push_msg": False,
        "channel_ids": [stage.text.id],
        "channel_push_max_num": 20,
    }


# -- mutes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "mute_after", "free_after"),
    [
        ({"mute_seconds": "60"}, 59, 61),
        ({"mute_seconds": 60, "mute_end_timestamp": None}, 59, 61),
        ({"mute_seconds": "1", "mute_end_timestamp": "+60"}, 59, 61),
    ],
    ids=str,
)
@pytest.mark.parametrize("whole_guild", [True, False])
def test_a_mute_ends(stage, body, mute_after, free_after, whole_guild):
    if body.get("mute_end_timestamp") == "+60":
        body = {**body, "mute_end_timestamp": str(int(stage.now.world) + 60)}
    path = "mute" if whole_guild else f"members/{stage.member.user_id}/mute"
    reply = stage.call("PATCH", f"/guilds/{stage.guild.id}/{path}", body)
    assert (reply.status, reply.body) == (204, b"")
    start = stage.now.world
    assert not stage.guild.may_speak(stage.member.user_id, start + mute_after)
    assert stage.guild.may_speak(stage.member.user_id, start + free_after)
    assert stage.guild.may_speak(stage.guild.owner_id, start)
    stage.ok("PATCH", f"/guilds/{stage.guild.id}/{path}", {"mute_seconds": "0", "mute_end_timestamp": "0"})
    assert stage.guild.may_speak(stage.member.user_id, start)


def test_a_mute_of_several_says_whom_it_reached(stage):
    wanted = [stage.member.user_id, "1", stage.guild.owner_id]
    answer = stage.ok("PATCH", f"/guilds/{stage.guild.id}/mute", {"mute_seconds": "60", "user_ids": wanted})
    assert answer == {"user_ids": [stage.member.user_id]}


# -- channels ---------------------------------------------------------------------------------------------------------


def test_the_life_of_a_channel(stage):
    group = stage.ok("POST", f"/guilds/{stage.guild.id}/channels", {"name": "group", "type": 4, "position": 2})
    body = {"name": "new", "type": 0, "subtype": 1, "parent_id": int(group["id"]), "speaking_permission": 2}
    made = stage.ok("POST", f"/guilds/{stage.guild.id}/channels", body)
    assert (made["name"], made["sub_type"], made["parent_id"], made["speak_permission"]) == ("new", 1, group["id"], 2)
    assert made in stage.ok("GET", f"/guilds/{stage.guild.id}/channels")
    shown = stage.ok("GET", f"/channels/{made['id']}")
    assert (shown["permissions"], shown["owner_id"]) == ("7", stage.world.bot_id)
    changed = stage.ok("PATCH", f"/channels/{made['id']}", {"name": "renamed", "position": 9})
    assert (changed["name"], changed["position"], changed["parent_id"]) == ("renamed", 9, group["id"])
    assert stage.ok("DELETE", f"/channels/{made['id']}")["id"] == made["id"]
    assert stage.call("GET", f"/channels/{made['id']}").error == "unknown_channel"
    _, created, updated, deleted = heard(stage, "CHANNEL_CREATE", "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE")
    assert created["op_user_id"] == stage.world.bot_id
    assert (updated["name"], deleted["id"]) == ("renamed", made["id"])


@pytest.mark.parametrize(
    "body",
    [
        {"type": 0}, {"name": "x", "type": 1}, {"name": "x", "type": "many"}, {"name": "x", "type": 4, "position": 1},
        {"name": "x", "type": 0, "parent_id": "1"}, {"name": "x", "type": 0, "private_type": 3},
        {"name": "x", "type": 0, "private_user_ids": [1]}, {"name": 5, "type": 0}, {"name": "x", "type": True},
    ],
    ids=str,
)  # fmt: skip
def test_channels_that_cannot_be(stage, body):
    assert stage.call("POST", f"/guilds/{stage.guild.id}/channels", body).error == "guild_request_invalid"
    assert heard(stage) == []


@pytest.mark.parametrize("whose", ["members/{user}", "roles/{role}"])
def test_permissions_are_bits(stage, whose):
    path = f"/channels/{stage.text.id}/{whose.format(user=stage.member.user_id, role='1')}/permissions"

    def bits():
        return int(stage.ok("GET", path)["permissions"])

    before = bits()
    stage.ok("PUT", path, {"add": "8", "remove": "4"})
    assert bits() == (before | 8) & ~4
    stage.ok("PUT", path, {"add": "4", "remove": None})
    assert bits() == before | 12
    stage.ok("PUT", path, {"add": "8", "remove": "8"})
    assert bits() == (before | 4) & ~8
    assert stage.call("PUT", path, {"add": "1"}).status == 204


def test_a_users_permissions_follow_from_privacy_and_roles(stage):
    path = f"/channels/{stage.text.id}/members/{stage.member.user_id}/permissions"
    assert stage.ok("GET", path)["permissions"] == "5"
    stage.ok("PATCH", f"/channels/{stage.text.id}", {"private_type": 1, "speak_permission": 2})
    assert stage.ok("GET", path)["permissions"] == "0"
    stage.ok("PUT", f"/channels/{stage.text.id}/roles/1/permissions", {"add": "1"})
    assert stage.ok("GET", path)["permissions"] == "1"
    stage.member.roles.append("2")
    assert stage.ok("GET", path)["permissions"] == "7"


# -- members and roles ------------------------------------------------------------------------------------------------


def test_members_are_paged(stage):
    for _ in range(4):
        stage.world.guilds.add_member(stage.guild.id)
    path = f"/guilds/{stage.guild.id}/members"
    assert len(stage.ok("GET", path)) == 1
    seen, after = [], "0"
    while batch := stage.ok("GET", f"{path}?after={after}&limit=3"):
        seen += [member["user"]["id"] for member in batch]
        after = seen[-1]
    assert seen == sorted(stage.guild.members, key=int)
    one = stage.ok("GET", f"{path}/{stage.member.user_id}")
    assert (one["user"]["username"], one["nick"], one["roles"]) == ("ann", "ann", ["1"])


@pytest.mark.parametrize(
    ("days", "gone"),
    [(None, [False, False]), (0, [False, False]), (3, [False, True]), (-1, [True, True]), (5, [False] * 2)],
)
def test_a_member_leaves_with_messages(stage, days, gone):
    first = stage.user_says("old")
    stage.world.clock.advance(4 * 86_400)
    second = stage.user_says("new")
    speaker = stage.world.guilds.message("channel", stage.text.id, first).author_id
    for message in (first, second):
        stage.ok("PUT", f"/channels/{stage.text.id}/pins/{message}")
    stage.heard()
    body = {"add_blacklist": True, "delete_history_msg_days": days}
    assert stage.call("DELETE", f"/guilds/{stage.guild.id}/members/{speaker}", body).status == 204
    (event,) = heard(stage, "GUILD_MEMBER_REMOVE")
    assert (event["user"]["id"], event["op_user_id"]) == (speaker, stage.world.bot_id)
    assert speaker in stage.guild.blacklist
    assert speaker not in stage.guild.members
    assert [stage.world.guilds.message("channel", stage.text.id, each).recalled for each in (first, second)] == gone
    (chat,) = stage.world.people.chats(stage.text.id)
    assert [message["recalled"] for message in chat["messages"]] == gone
    away = [message for message, is_gone in zip((first, second), gone, strict=True) if is_gone]
    assert [entry["message_id"] for entry in stage.entries("user.recall")] == away
    assert stage.text.pins == [message for message in (second, first) if message not in away]


def test_a_recalled_message_is_no_pin(stage):
    message = stage.bot_says()
    stage.ok("PUT", f"/channels/{stage.text.id}/pins/{message}")
    stage.ok("DELETE", f"/channels/{stage.text.id}/messages/{message}")
    assert stage.ok("GET", f"/channels/{stage.text.id}/pins")["message_ids"] == []


def test_the_life_of_a_role(stage):
    roles = f"/guilds/{stage.guild.id}/roles"
    made = stage.ok("POST", roles, {"name": "crew", "color": 4294927682, "hoist": 1})
    role_id = made["role_id"]
    assert made["role"] == {
        "id": role_id,
        "name": "crew",
        "color": 4294927682,
        "hoist": 1,
        "number": 0,
        "member_limit": 2000,
    }
    changed = stage.ok("PATCH", f"{roles}/{role_id}", {"info": {"hoist": 0}})
    assert (changed["guild_id"], changed["role"]["name"], changed["role"]["hoist"]) == (stage.guild.id, "crew", 0)
    grant = f"/guilds/{stage.guild.id}/members/{stage.member.user_id}/roles/{role_id}"
    for _ in range(2):
        assert stage.call("PUT", grant, {"channel": {"id": None}}).status == 204
    listed = stage.ok("GET", roles)
    assert listed["role_num_limit"] == "30"
    assert {role["id"]: role["number"] for role in listed["roles"]}[role_id] == 1
    page = stage.ok("GET", f"{roles}/{role_id}/members?start_index=0&limit=1")
    assert ([member["user"]["id"] for member in page["data"]], page["next"]) == ([stage.member.user_id], "0")
    assert stage.call("DELETE", grant).status == 204
    stage.ok("PUT", grant)
    assert stage.call("DELETE", f"{roles}/{role_id}").status == 204
    assert stage.member.roles == ["1"]
    updates = heard(stage, *["GUILD_MEMBER_UPDATE"] * 4)
    assert [role_id in update["roles"] for update in updates] == [True, False, True, False]


def test_role_members_are_paged(stage):
    path = f"/guilds/{stage.guild.id}/roles/1/members"
    first = stage.ok("GET", f"{path}?limit=2")
    rest = stage.ok("GET", f"{path}?limit=2&start_index={first['next']}")
    assert (len(first["data"]), len(rest["data"]), rest["next"]) == (2, 1, "0")


def test_a_channel_administrator_manages_that_channel(stage):
    grant = f"/guilds/{stage.guild.id}/members/{stage.member.user_id}/roles/5"
    rights = f"/channels/{stage.text.id}/members/{stage.member.user_id}/permissions"
    for channel in (stage.text, stage.forum):
        stage.ok("PUT", grant, {"channel": {"id": channel.id}})
    assert stage.ok("GET", rights)["permissions"] == "7"
    stage.ok("DELETE", grant, {"channel": {"id": stage.text.id}})
    assert stage.ok("GET", rights)["permissions"] == "5"
    assert "5" in stage.member.roles
    stage.ok("DELETE", grant, {"channel": {"id": stage.forum.id}})
    assert "5" not in stage.member.roles


# -- schedules --------------------------------------------------------------------------------------------------------


def test_the_life_of_a_schedule(stage):
    path = f"/channels/{stage.schedule.id}/schedules"
    plan = {"name": "tea", "start_timestamp": stage.hour(1), "end_timestamp": stage.hour(2), "reminder_id": 2}
    made = stage.ok("POST", path, {"schedule": {**plan, "jump_channel_id": stage.text.id}})
    assert (made["remind_type"], made["start_timestamp"], made["jump_channel_id"]) == (
        "2",
        plan["start_timestamp"],
        stage.text.id,
    )
    assert made["creator"]["user"]["id"] == stage.world.bot_id
    assert stage.ok("GET", f"{path}/{made['id']}") == made
    changed = stage.ok("PATCH", f"{path}/{made['id']}", {"schedule": {"name": "cake", "description": "and tea"}})
    assert changed == {**made, "name": "cake", "description": "and tea"}
    assert stage.ok("GET", path) == [changed]
    assert stage.ok("GET", path, {"since": plan["end_timestamp"]}) == []
    assert stage.ok("GET", f"{path}?since={plan['start_timestamp']}") == [changed]
    assert stage.call("DELETE", f"{path}/{made['id']}").status == 204
    assert stage.ok("GET", path) == []


# -- forums -----------------------------------------------------------------------------------------------------------

RICH = {"paragraphs": [{"elems": [{"text": {"text": "one"}, "type": 1}], "props": {}}]}


@pytest.mark.parametrize(
    ("kind", "content"), [(1, "one"), (2, "one"), (3, "one"), (4, json.dumps(RICH)), (None, "one")]
)
def test_the_life_of_a_thread(stage, kind, content):
    path = f"/channels/{stage.forum.id}/threads"
    made = stage.ok("PUT", path, {"title": "news", "content": content, "format": kind})
    assert (type(made["task_id"]), made["create_time"]) == (str, str(int(stage.now.world)))
    listed = stage.ok("GET", path)
    (thread,) = listed["threads"]
    info = thread["thread_info"]
    assert (listed["is_finish"], info["title"], json.loads(info["content"])) == (1, "news", RICH)
    assert stage.ok("GET", f"{path}/{info['thread_id']}") == {"thread": thread}
    event, open_event, audit = heard(
        stage, "FORUM_THREAD_CREATE", "OPEN_FORUM_THREAD_CREATE", "FORUM_PUBLISH_AUDIT_RESULT"
    )
    assert json.loads(event["thread_info"]["title"])["paragraphs"][0]["elems"][0]["text"]["text"] == "news"
    assert open_event == {name: event[name] for name in ("guild_id", "channel_id", "author_id")}
    assert (audit["thread_id"], audit["result"]) == (info["thread_id"], 0)
    assert stage.call("DELETE", f"{path}/{info['thread_id']}").status == 204
    heard(stage, "FORUM_THREAD_DELETE", "OPEN_FORUM_THREAD_DELETE")
    assert stage.ok("GET", path)["threads"] == []


# -- voice ------------------------------------------------------------------------------------------------------------


def test_voice(stage):
    path = f"/channels/{stage.voice.id}"
    stage.voice.voices.append(stage.member.user_id)
    assert stage.ok("GET", f"{path}/online_nums") == {"online_nums": 1}
    assert [each["user"]["id"] for each in stage.ok("GET", f"{path}/voice/members")] == [stage.member.user_id]
    for method in ("PUT", "DELETE", "DELETE"):
        assert stage.ok(method, f"{path}/mic") == {}
    heard(stage, "AUDIO_ON_MIC", "AUDIO_OFF_MIC")
    song = {"audio_url": "https://a.example/song.mp3", "text": "a song"}
    assert stage.ok("POST", f"{path}/audio", {**song, "status": 0}) == {}
    for status in (1, 2):
        stage.ok("POST", f"{path}/audio", {"status": status})
        assert stage.voice.audio["status"] == status
    stage.ok("POST", f"{path}/audio", {"status": 3})
    started, finished = heard(stage, "AUDIO_START", "AUDIO_FINISH")
    assert started == finished == {"guild_id": stage.guild.id, "channel_id": stage.voice.id, **song}


# -- interactions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("body", "code"), [({}, 0), ({"code": 0}, 0), ({"code": 5}, 5)])
def test_an_interaction_is_answered_once(stage, body, code):
    stage.world.emit("INTERACTION_CREATE", {"id": "abc", "type": 11}, stage.now)
    assert stage.ok("PUT", "/interactions/abc", body) == {}
    assert stage.world.interactions.code("abc") == code
    (answered,) = stage.entries("user.answered")
    assert (answered["interaction_id"], answered["code"]) == ("abc", code)


# -- the data ---------------------------------------------------------------------------------------------------------


def test_events_of_guilds_go_to_the_guilds_shard():
    stage = GuildStage()
    index = (int(stage.guild.id) >> 22) % 2
    peers = []
    for shard in range(2):
        peer = stage.connect()
        peer.take()
        peer.identify(intents=1 << 9, shard=(shard, 2))
        peers.append(peer)
    stage.ok("DELETE", f"/channels/{stage.text.id}/messages/{stage.bot_says()}")
    heard_by = [[frame["t"] for frame in peer.take() if frame.get("t") == "MESSAGE_DELETE"] for peer in peers]
    assert heard_by[index] == ["MESSAGE_DELETE"]
    assert heard_by[1 - index] == []


@pytest.mark.parametrize("limit", [1])
def test_guilds_are_bounded(monkeypatch, limit):
    monkeypatch.setattr("fakeqq.core.guild.guilds.GUILD_LIMIT", limit)
    guilds = Stage().world.guilds
    guild = guilds.add_guild(channels=False)
    guilds.add_channel(guild.id)
    for full in (guilds.add_guild, lambda: guilds.add_channel(guild.id), lambda: guilds.add_member(guild.id)):
        with pytest.raises(ControlError, match="at most"):
            full()


def test_rooms_forget_their_oldest(monkeypatch):
    monkeypatch.setattr("fakeqq.core.guild.guilds.ROOM_LIMIT", 2)
    stage = GuildStage()
    first = stage.user_says()
    stage.user_says()
    stage.user_says()
    assert stage.world.guilds.message("channel", stage.text.id, first) is None
